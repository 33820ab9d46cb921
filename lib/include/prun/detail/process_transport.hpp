// Passes callables, arguments and results to worker processes: as bytes.
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
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
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

/// True for a type that is fully described by the bytes of its elements. As a result it consists of exactly these bytes.
template <class T>
inline constexpr bool is_flat = false;
template <>
inline constexpr bool is_flat<std::string> = true;
template <class T>
inline constexpr bool is_flat<std::vector<T>> =
    Plain<T>&& std::is_default_constructible_v<T> && !std::is_same_v<T, bool>;

/// Makes room for the next piece at the end of a container of plain elements that has all earlier pieces. It reserves memory for the
/// whole value at once, so that nothing moves. It clears the memory piece by piece, so that a page is touched only when its bytes
/// arrive. @return null if there is no memory for a value of that size; its pieces are then joined elsewhere
template <class Container>
std::byte* room_for_piece(Container& container, const Job::Piece& piece) {
  constexpr std::size_t element = sizeof(typename Container::value_type);
  if (piece.whole % element != 0) return nullptr;
  if (piece.at == 0) {
    container = Container();
    try {
      container.reserve(static_cast<std::size_t>(piece.whole / element));
    } catch (const std::bad_alloc&) {
      return nullptr;
    } catch (const std::length_error&) {
      return nullptr;
    }
  }
  container.resize(static_cast<std::size_t>((piece.at + piece.size + element - 1) / element));
  return reinterpret_cast<std::byte*>(container.data()) + piece.at;
}

/// An item that was serialized at the call.
struct WrittenItem {
  std::string bytes;
  std::exception_ptr error;  ///< what the serialization threw; thrown when a worker takes the call
};

/// The transport to worker processes.
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
  /// Items whose addresses only a serialization shows are serialized at the call, by the thread whose stack is meant. Others
  /// are checked at the call, and serialized when a worker takes them.
  template <class T>
  static constexpr bool written_at_call = shown_by_serialization<T>();
  /// The form in which a job keeps an item until a worker takes it.
  template <class T>
  using Item = std::conditional_t<written_at_call<T>, WrittenItem, T>;

  /// @throws std::invalid_argument if an item holds an address on this thread's stack
  template <class T>
  static void check_item(const T& item) {
    static_assert(!written_at_call<T>);
    refuse_stack_addresses(item);
  }
  /// @throws the same as check_item()
  template <class T>
  static WrittenItem write_item(const T& item) {
    WrittenItem written;
    bool stack_address = false;
    try {
      encode(written.bytes, item, &stack_address);
    } catch (...) {
      written.error = std::current_exception();
    }
    if (stack_address) refuse_stack_address_in_argument();
    return written;
  }

  /// The form in which the job stores it. State that is not plain bytes is serialized immediately.
  template <class F>
  static constexpr bool kept_as_is = callable_kind<F>() == CallableKind::plain;
  template <class F>
  using Callable = std::conditional_t<kept_as_is<F>, F, std::string>;

  template <class F>
  static Callable<F> hold(std::type_identity_t<F>&& function) {
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
  static void put_item(std::string& out, WrittenItem&& item) {
    if (item.error) std::rethrow_exception(item.error);
    write_plain(out, std::uint64_t{item.bytes.size()});
    out.append(std::exchange(item.bytes, {}));
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
  using Stored =
      std::conditional_t<std::is_void_v<R>, std::monostate, std::conditional_t<stored_as_is<R>, R, std::string>>;

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
  /// The same for a single reader: may be called once.
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

}  // namespace prun::detail
