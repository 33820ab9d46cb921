// How callables, arguments and results are passed on: as bytes to another process, or as pointers to another thread.
#pragma once

#include <prun/detail/call.hpp>
#include <prun/detail/call_frame.hpp>
#include <prun/detail/callable.hpp>
#include <prun/detail/codec.hpp>
#include <prun/detail/job.hpp>
#include <prun/detail/throw_site.hpp>
#include <prun/error.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace prun::detail {

/// Converts every exception of a type's serialization to `Error`, which names the stage.
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

/// Its elements' bytes are all there is to it: as a result it is these bytes and nothing else.
template <class T>
inline constexpr bool is_flat = false;
template <>
inline constexpr bool is_flat<std::string> = true;
template <class T>
inline constexpr bool is_flat<std::vector<T>> =
    Plain<T>&& std::is_default_constructible_v<T> && !std::is_same_v<T, bool>;

/// Room for one more piece at the end of a container of plain elements that has all before it. Memory for the whole is had at
/// once, so that nothing moves, and is cleared piece by piece: each page is touched while its bytes come, and not before.
template <class Container>
std::byte* room_for_piece(Container& container, const Job::Piece& piece) {
  constexpr std::size_t element = sizeof(typename Container::value_type);
  if (piece.whole % element != 0) return nullptr;
  if (piece.at == 0) {
    container = Container();
    container.reserve(static_cast<std::size_t>(piece.whole / element));
  }
  container.resize(static_cast<std::size_t>((piece.at + piece.size + element - 1) / element));
  return reinterpret_cast<std::byte*>(container.data()) + piece.at;
}

/// To worker processes.
struct ProcessTransport {
  static constexpr bool threads = false;

  /// Fails to compile, with a message of prun, for types that cannot be sent. Returns false then.
  template <class F, class Arg, class R>
  static constexpr bool require_sendable() {
    require_none<Arg, transfer_obstacle<Arg>()>();
    if constexpr (!std::is_void_v<R>) {
      require_none<R, transfer_obstacle<R>()>();
      return require_callable<F>() && Transferable<Arg> && Transferable<R>;
    } else {
      return require_callable<F>() && Transferable<Arg>;
    }
  }
  /// @throws std::invalid_argument if an item holds an address on this thread's stack
  template <class T>
  static void check_item(const T& item) {
    refuse_stack_addresses(item);
  }

  /// The form in which the job stores it. State that is not plain bytes is serialized immediately.
  template <class F>
  static constexpr bool kept_as_is = callable_kind<F>() == CallableKind::plain;
  template <class F>
  using Callable = std::conditional_t<kept_as_is<F>, F, std::string>;

  template <class F>
  static Callable<F> hold(F&& function) {
    check_captures(function);
    if constexpr (kept_as_is<F>) {
      return std::move(function);
    } else {
      std::string bytes(sizeof(std::uint64_t), '\0');
      encode_callable(bytes, function);
      const std::uint64_t size = bytes.size() - sizeof size;
      bytes.replace(0, sizeof size, reinterpret_cast<const char*>(&size), sizeof size);
      return bytes;
    }
  }

  template <class F>
  static void put_callable(std::string& out, const Callable<F>& function) {
    if constexpr (kept_as_is<F>) {
      encode_callable(out, function);
    } else {
      out.append(function);
    }
  }
  template <class F>
  static F take_callable(std::string_view& in) {
    if constexpr (kept_as_is<F>) {
      return decode_callable<F>(in);
    } else {
      std::string_view state = in;
      const std::size_t size = skip_callable<F>(in);
      state = state.substr(sizeof(std::uint64_t), size);
      return at_stage<ArgumentError>("the function cannot be read", [&] { return decode_callable<F>(state); });
    }
  }
  /// Skips it. Returns the size of its state in bytes.
  template <class F>
  static std::size_t skip_callable(std::string_view& in) {
    std::size_t size = std::is_empty_v<F> ? 0 : sizeof(F);
    if constexpr (!kept_as_is<F>) size = static_cast<std::size_t>(read_plain<std::uint64_t>(in));
    in.remove_prefix(size);
    return size;
  }

  /// An item: plain if its size is fixed, otherwise after its length, so that a bad item does not affect the next one.
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
    if constexpr (Plain<T> && !may_name_places<T>()) {
      return read_plain<T>(item);
    } else {
      return at_stage<ArgumentError>("the argument cannot be read", [&] {
        T value = decode<T>(item);
        if (addresses_differ()) move_addresses_in(value, Direction::from_master);
        return value;
      });
    }
  }
  template <class T>
  static void discard_item(std::string_view&) {}

  /// Makes the call and passes the result or the exception to the frame.
  template <class R, class Call>
  static void answer(CallFrame& frame, std::string& scratch, Call make_call) {
    try {
      if constexpr (std::is_void_v<R>) {
        make_call();
        scratch.clear();
      } else if constexpr (Plain<R>) {
        R result = make_call();
        if constexpr (may_name_places<R>()) move_addresses_in(result, Direction::to_master);
        frame.value(&result, sizeof result);
        return;
      } else if constexpr (is_flat<R>) {
        R result(make_call());
        if (addresses_differ()) move_addresses_in(result, Direction::to_master);
        frame.value(result.data(), result.size() * sizeof(typename R::value_type));
        return;
      } else {
        R result(make_call());
        scratch.clear();
        at_stage<SerializationError>("the result cannot be written", [&] {
          if (addresses_differ()) move_addresses_in(result, Direction::to_master);
          encode(scratch, result);
        });
      }
    } catch (const ThrowSite&) {
    } catch (...) {
      frame.failed(std::current_exception());
      return;
    }
    frame.value(scratch.data(), scratch.size());
  }

  /// The form in which the master stores a result until it is taken.
  template <class R>
  static constexpr bool stored_as_is = is_flat<R> ||
                                       (Plain<R> && std::default_initializable<R> && !std::is_same_v<R, bool>);
  template <class R>
  using Stored = std::conditional_t<std::is_void_v<R>, Nothing, std::conditional_t<stored_as_is<R>, R, std::string>>;

  template <class R>
  static Stored<R> store(std::string_view value) {
    if constexpr (std::is_void_v<R>) {
      return {};
    } else if constexpr (is_flat<R>) {
      R flat(value.size() / sizeof(typename R::value_type), typename R::value_type{});
      if (!flat.empty()) std::memcpy(flat.data(), value.data(), flat.size() * sizeof(typename R::value_type));
      return flat;
    } else if constexpr (stored_as_is<R>) {
      return read_plain<R>(value);
    } else {
      return std::string(value);
    }
  }
  /// See Job::place_piece().
  template <class R>
  static std::byte* place_piece(Stored<R>& stored, const Job::Piece& piece) {
    if constexpr (is_flat<R> || (!std::is_void_v<R> && !stored_as_is<R>)) {
      return room_for_piece(stored, piece);
    } else {
      return nullptr;
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
  /// The same for a single reader, once.
  template <class R>
  static R take(Stored<R>& stored) {
    if constexpr (is_flat<R>) {
      return std::move(stored);
    } else {
      return open<R>(stored);
    }
  }
  /// The exception that open() would throw, or null.
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
};

/// To threads: nothing is serialized, and any type works. Whoever holds the pointer owns the argument or outcome.
struct ThreadTransport {
  static constexpr bool threads = true;

  template <class F, class Arg, class R>
  static constexpr bool require_sendable() {
    return true;
  }
  template <class T>
  static void check_item(const T&) {}

  /// Shared by the job and its chunks. A job outlives its chunks.
  template <class F>
  using Callable = std::shared_ptr<const F>;
  template <class F>
  static Callable<F> hold(F&& function) {
    return std::make_shared<const F>(std::move(function));
  }

  template <class F>
  static void put_callable(std::string& out, const Callable<F>& function) {
    write_plain(out, reinterpret_cast<std::uintptr_t>(function.get()));
  }
  template <class F>
  static const F& take_callable(std::string_view& in) {
    return *reinterpret_cast<const F*>(read_plain<std::uintptr_t>(in));
  }
  template <class F>
  static std::size_t skip_callable(std::string_view& in) {
    in.remove_prefix(sizeof(std::uintptr_t));
    return sizeof(std::uintptr_t);
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
  static std::byte* place_piece(Stored<R>&, const Job::Piece&) {
    return nullptr;
  }
  template <class R>
  static Stored<R> store(std::string_view value) {
    return Stored<R>(reinterpret_cast<Answer<R>*>(read_plain<std::uintptr_t>(value)));
  }
  /// A result that cannot be copied is moved out, so it can be taken only once.
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
  static R take(Stored<R>& stored) {
    if (stored->error) std::rethrow_exception(stored->error);
    if constexpr (!std::is_void_v<R>) {
      if (!stored->value) throw MisuseError("the result was taken already");
      return std::move(*std::exchange(stored->value, std::nullopt));
    }
  }
  template <class R>
  static std::exception_ptr error(const Stored<R>& stored) {
    return stored->error;
  }
};

/// To threads, for items that stay in place until the call returns: the function gets a reference, without a copy.
struct BorrowingTransport : ThreadTransport {
  template <class T>
  static void put_item(std::string& out, const T& value) {
    write_plain(out, reinterpret_cast<std::uintptr_t>(&value));
  }
  template <class T>
  static const T& open_item(std::string_view item) {
    return *reinterpret_cast<const T*>(read_plain<std::uintptr_t>(item));
  }
  template <class T>
  static void discard_item(std::string_view& in) {
    in.remove_prefix(sizeof(std::uintptr_t));
  }
};

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
        Transport::template discard_item<Arg>(item);
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
