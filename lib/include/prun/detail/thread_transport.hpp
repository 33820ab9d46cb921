// Passes callables, arguments and results to threads: as pointers, or as references to what stays in place.
#pragma once

#include <prun/detail/call.hpp>
#include <prun/detail/call_frame.hpp>
#include <prun/detail/codec.hpp>
#include <prun/detail/job.hpp>
#include <prun/error.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace prun::detail {

/// The transport to threads: nothing is serialized, and any type works. Whoever holds the pointer owns the argument or outcome.
struct ThreadTransport {
  static constexpr bool threads = true;

  template <class F, class Arg, class R>
  static constexpr bool require_sendable() {
    return true;
  }
  template <class T>
  static constexpr bool written_at_call = false;
  template <class T>
  using Item = T;
  template <class T>
  static void check_item(const T&) {}

  /// Shared by the job and its chunks. A job outlives its chunks.
  template <class F>
  using Callable = std::shared_ptr<const F>;
  template <class F>
  static Callable<F> hold(std::type_identity_t<F>&& function) {
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
    std::conditional_t<std::is_void_v<R>, std::monostate, std::optional<R>> value;
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

/// The transport to threads for items that stay in place until the call returns: the function gets a reference, without a copy.
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

}  // namespace prun::detail
