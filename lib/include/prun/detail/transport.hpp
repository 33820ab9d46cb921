// How callables, arguments and results travel: as bytes to another process, or as pointers to another thread.
#pragma once

#include <prun/detail/call.hpp>
#include <prun/detail/call_frame.hpp>
#include <prun/detail/codec.hpp>
#include <prun/detail/throw_site.hpp>
#include <prun/error.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace prun::detail {

/// Turns whatever a type's serialization throws into `Error`, which says at which stage it was.
template <class Error, class Body>
auto at_stage(const char* stage, Body body) {
  try {
    return body();
  } catch (const std::exception& e) {
    throw Error(std::string(stage) + ": " + e.what());
  } catch (...) {
    throw Error(std::string(stage) + ": an exception that is no std::exception");
  }
}

struct Nothing {};

/// To worker processes.
struct ProcessTransport {
  static constexpr bool threads = false;

  template <class F>
  static constexpr void check_callable() {
    static_assert(std::is_trivially_copyable_v<F>,
                  "prun: a callable that goes to another process must be a function, a captureless lambda, or have "
                  "captures that are trivially copyable (numbers, not strings or containers: pass those as arguments)");
  }

  template <class F>
  using Callable = F;

  template <class F>
  static void put_callable(std::string& out, const F& function) {
    if constexpr (!std::is_empty_v<F>) write_plain(out, function);
  }
  template <class F>
  static F take_callable(std::string_view& in) {
    if constexpr (std::is_empty_v<F>) {
      return std::bit_cast<F>(std::byte{});
    } else {
      return read_plain<F>(in);
    }
  }

  /// An item: as it is where its size is fixed, otherwise behind its length, so that one bad item does not spoil the next.
  template <class T>
  static void put_item(std::string& out, const T& value) {
    if constexpr (Plain<T>) {
      write_plain(out, value);
    } else {
      const std::size_t at = out.size();
      write_plain(out, std::uint64_t{0});
      encode(out, value);
      const std::uint64_t size = out.size() - at - sizeof(std::uint64_t);
      out.replace(at, sizeof size, reinterpret_cast<const char*>(&size), sizeof size);
    }
  }
  template <class T>
  static std::string_view next_item(std::string_view& in) {
    std::size_t size = sizeof(T);
    if constexpr (!Plain<T>) size = read_plain<std::uint64_t>(in);
    const std::string_view item = in.substr(0, size);
    in.remove_prefix(item.size());
    return item;
  }
  template <class T>
  static T open_item(std::string_view item) {
    if constexpr (Plain<T>) {
      return read_plain<T>(item);
    } else {
      return at_stage<ArgumentError>("the argument cannot be read", [&] { return decode<T>(item); });
    }
  }
  template <class T>
  static void discard_item(std::string_view&) {}

  /// Calls, and hands the result or the exception to the frame.
  template <class R, class Call>
  static void answer(CallFrame& frame, std::string& scratch, Call make_call) {
    try {
      if constexpr (std::is_void_v<R>) {
        make_call();
        scratch.clear();
      } else if constexpr (Plain<R>) {
        const R result = make_call();
        frame.value(&result, sizeof result);
        return;
      } else {
        const R result(make_call());
        scratch.clear();
        at_stage<SerializationError>("the result cannot be written", [&] { encode(scratch, result); });
      }
    } catch (const ThrowSite&) {
    } catch (...) {
      frame.failed(std::current_exception());
      return;
    }
    frame.value(scratch.data(), scratch.size());
  }

  /// What the master keeps of a result until somebody asks for it.
  template <class R>
  static constexpr bool stored_as_is = Plain<R>&& std::default_initializable<R> && !std::is_same_v<R, bool>;
  template <class R>
  using Stored = std::conditional_t<std::is_void_v<R>, Nothing, std::conditional_t<stored_as_is<R>, R, std::string>>;

  template <class R>
  static Stored<R> store(std::string_view value) {
    if constexpr (std::is_void_v<R>) {
      return {};
    } else if constexpr (stored_as_is<R>) {
      return read_plain<R>(value);
    } else {
      return std::string(value);
    }
  }
  template <class R>
  static R open(Stored<R>& stored) {
    if constexpr (std::is_void_v<R>) {
      return;
    } else if constexpr (stored_as_is<R>) {
      return stored;
    } else {
      return at_stage<SerializationError>("the result cannot be read", [&] {
        std::string_view bytes = stored;
        return decode<R>(bytes);
      });
    }
  }
  /// What open() would throw, if it would.
  template <class R>
  static std::exception_ptr error(Stored<R>& stored) {
    if constexpr (!std::is_void_v<R> && !stored_as_is<R>) {
      try {
        static_cast<void>(open<R>(stored));
      } catch (...) {
        return std::current_exception();
      }
    }
    return nullptr;
  }
  template <class R>
  static constexpr void check_result() {
    if constexpr (!std::is_void_v<R>) require_transferable<R>();
  }
  template <class T>
  static constexpr void check_argument() {
    require_transferable<T>();
  }
};

/// To threads: nothing is turned into bytes, any type will do. Arguments and outcomes are owned by whoever holds the pointer.
struct ThreadTransport {
  static constexpr bool threads = true;

  template <class F>
  static constexpr void check_callable() {}
  template <class T>
  static constexpr void check_result() {}
  template <class T>
  static constexpr void check_argument() {}

  /// Shared by the job and nobody else: a job outlives its chunks.
  template <class F>
  using Callable = std::shared_ptr<const F>;

  template <class F>
  static void put_callable(std::string& out, const Callable<F>& function) {
    write_plain(out, reinterpret_cast<std::uintptr_t>(function.get()));
  }
  template <class F>
  static const F& take_callable(std::string_view& in) {
    return *reinterpret_cast<const F*>(read_plain<std::uintptr_t>(in));
  }

  template <class T>
  static void put_item(std::string& out, T value) {
    write_plain(out, reinterpret_cast<std::uintptr_t>(new T(std::move(value))));
  }
  template <class T>
  static std::string_view next_item(std::string_view& in) {
    const std::string_view item = in.substr(0, sizeof(std::uintptr_t));
    in.remove_prefix(item.size());
    return item;
  }
  template <class T>
  static T open_item(std::string_view item) {
    const std::unique_ptr<T> owned(reinterpret_cast<T*>(read_plain<std::uintptr_t>(item)));
    return std::move(*owned);
  }
  template <class T>
  static void discard_item(std::string_view& in) {
    delete reinterpret_cast<T*>(read_plain<std::uintptr_t>(in));
  }

  template <class R>
  struct Answer {
    std::conditional_t<std::is_void_v<R>, Nothing, std::optional<R>> value;
    std::exception_ptr error;
  };

  template <class R, class Call>
  static void answer(CallFrame& frame, std::string&, Call make_call) {
    auto owned = std::make_unique<Answer<R>>();
    try {
      if constexpr (std::is_void_v<R>) {
        make_call();
      } else {
        owned->value.emplace(make_call());
      }
    } catch (...) {
      owned->error = std::current_exception();
    }
    const auto address = reinterpret_cast<std::uintptr_t>(owned.release());
    frame.value(&address, sizeof address);
  }

  template <class R>
  static constexpr bool stored_as_is = false;
  template <class R>
  using Stored = std::unique_ptr<Answer<R>>;

  template <class R>
  static Stored<R> store(std::string_view value) {
    return Stored<R>(reinterpret_cast<Answer<R>*>(read_plain<std::uintptr_t>(value)));
  }
  /// A result that cannot be copied is moved out: it can be had once.
  template <class R>
  static R open(Stored<R>& stored) {
    if (stored->error) std::rethrow_exception(stored->error);
    if constexpr (std::is_void_v<R>) {
      return;
    } else if constexpr (std::copy_constructible<R>) {
      return *stored->value;
    } else {
      if (!stored->value) throw MisuseError("the result was taken already, and its type cannot be copied");
      return *std::exchange(stored->value, std::nullopt);
    }
  }
  template <class R>
  static std::exception_ptr error(const Stored<R>& stored) {
    return stored->error;
  }
};

/// Entry point of chunks whose items stand in the payload.
template <class Transport, class F, class Arg, bool Unpack>
void run_items(CallFrame& frame) {
  std::string_view rest = frame.payload;
  const auto& function = Transport::template take_callable<F>(rest);
  std::string scratch;
  for (std::uint32_t i = 0; i < frame.last; ++i) {
    std::string_view item = Transport::template next_item<Arg>(rest);
    if (i < frame.first) continue;
    if (!frame.begin(i)) {
      Transport::template discard_item<Arg>(item);
      continue;
    }
    Transport::template answer<ResultOf<F, Arg, Unpack>>(
        frame, scratch, [&] { return call<Unpack>(function, Transport::template open_item<Arg>(item)); });
  }
}

/// Entry point of chunks of consecutive integers.
template <class Transport, class F, class Integer>
void run_range(CallFrame& frame) {
  std::string_view rest = frame.payload;
  const auto& function = Transport::template take_callable<F>(rest);
  std::string scratch;
  for (std::uint32_t i = frame.first; i < frame.last; ++i) {
    if (!frame.begin(i)) continue;
    Transport::template answer<ResultOf<F, Integer, false>>(
        frame, scratch, [&] { return call<false>(function, static_cast<Integer>(frame.range_item(i))); });
  }
}

}  // namespace prun::detail
