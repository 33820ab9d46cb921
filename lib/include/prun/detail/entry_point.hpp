// The function that a worker calls for a chunk. It decodes the callable and the items, makes the calls and sends the outcomes. The
// transport defines how these are passed.
#pragma once

#include <prun/detail/call.hpp>
#include <prun/detail/call_frame.hpp>
#include <prun/detail/process_transport.hpp>
#include <prun/detail/thread_transport.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace prun::detail {

/// Fails to compile, with a message of prun, for a call that cannot be made or sent. Returns false then.
template <class Transport, class F, class Arg, bool Unpack>
constexpr bool require_sendable_call() {
  if constexpr (!require_call<F, Arg, Unpack>()) {
    return false;
  } else {
    return Transport::template require_sendable<F, Arg, ResultOf<F, Arg, Unpack>>();
  }
}

/// Calls `body(function)`. If the state of the function cannot be read, each item fails with that exception.
template <class Transport, class F, class Body, class Fail>
void with_callable(std::string_view& rest, Body body, Fail fail) {
  if constexpr (Transport::threads) {
    body(Transport::template take_callable<F>(rest));
  } else if constexpr (Transport::template kept_as_is<F> && !names_places<F>) {
    const F function = Transport::template take_callable<F>(rest);
    body(function);
  } else {
    std::optional<F> function;
    std::string_view behind = rest;
    Transport::template skip_callable<F>(behind);
    try {
      function.emplace(Transport::template take_callable<F>(rest));
    } catch (...) {
      fail(std::current_exception());
      return;
    }
    rest = behind;
    body(std::as_const(*function));
  }
}

/// Fails every item of the chunk.
inline void fail_items(CallFrame& frame, const std::exception_ptr& error) {
  for (std::uint32_t i = frame.first; i < frame.last; ++i) {
    if (frame.begin(i)) frame.failed(error);
  }
}

/// Entry point of chunks whose items are in the payload.
template <class Transport, class F, class Arg, bool Unpack>
void run_items(CallFrame& frame) {
  std::string_view rest = frame.payload;
  const auto body = [&](const F& function) {
    std::string scratch;
    for (std::uint32_t i = 0; i < frame.last; ++i) {
      std::string_view item = Transport::template next_item<Arg>(rest);
      if (i < frame.first) continue;
      if (!frame.begin(i)) {
        if (i < frame.last) Transport::template discard_item<Arg>(item);
        continue;
      }
      Transport::template answer<ResultOf<F, Arg, Unpack>>(
          frame, scratch, [&] { return call<Unpack>(function, Transport::template open_item<Arg>(item)); });
    }
  };
  with_callable<Transport, F>(rest, body, [&](const std::exception_ptr& error) { fail_items(frame, error); });
}

/// Entry point of chunks of consecutive integers.
template <class Transport, class F, class Integer>
void run_range(CallFrame& frame) {
  std::string_view rest = frame.payload;
  const auto body = [&](const F& function) {
    std::string scratch;
    for (std::uint32_t i = frame.first; i < frame.last; ++i) {
      if (!frame.begin(i)) continue;
      Transport::template answer<ResultOf<F, Integer, false>>(
          frame, scratch, [&] { return call<false>(function, static_cast<Integer>(frame.range_item(i))); });
    }
  };
  with_callable<Transport, F>(rest, body, [&](const std::exception_ptr& error) { fail_items(frame, error); });
}

}  // namespace prun::detail
