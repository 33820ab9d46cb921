// How a callable goes to another process: its bytes are copied, or its state is serialized.
#pragma once

#include <prun/detail/codec.hpp>
#include <prun/detail/peer_address.hpp>
#include <prun/detail/stack_address.hpp>

#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace prun::detail {

template <class F>
inline constexpr bool is_std_bind = std::is_bind_expression_v<F>;

/// The callable and the arguments inside a std::bind_front.
template <class F>
struct BoundFront {
  static constexpr bool known = false;
};
#ifdef __GLIBCXX__
template <class F, class... Bound>
struct BoundFront<std::_Bind_front<F, Bound...>> {
  using Callable = F;
  using Arguments = std::tuple<Bound...>;
  /// The members of libstdc++'s class, in this order.
  struct Layout {
    F callable;
    Arguments arguments;
  };
  static constexpr bool known = sizeof(Layout) == sizeof(std::_Bind_front<F, Bound...>);

  static const Layout& open(const std::_Bind_front<F, Bound...>& bound) {
    return *std::launder(reinterpret_cast<const Layout*>(&bound));
  }
  static std::_Bind_front<F, Bound...> make(F callable, Arguments arguments) {
    return std::apply([&](Bound&... bound) { return std::bind_front(std::move(callable), std::move(bound)...); },
                      arguments);
  }
};
#endif

template <class F>
inline constexpr bool is_std_function = false;
template <class R, class... Args>
inline constexpr bool is_std_function<std::function<R(Args...)>> = true;

/// Writes the state of a std::function that stores its target internally: a function, or a lambda with small, trivially
/// copyable captures. Throws std::invalid_argument for others.
void write_std_function(std::string& out, const void* function);
void read_std_function(std::string_view& in, void* empty_function);

enum class CallableKind { plain, bound_front, std_function, serialized, none };

template <class F>
constexpr CallableKind callable_kind() {
  if (is_reference<F> || (std::is_pointer_v<F> && !FunctionPointer<F>)) return CallableKind::none;
  if constexpr (BoundFront<F>::known) return CallableKind::bound_front;
  if (std::is_trivially_copy_constructible_v<F> && std::is_trivially_destructible_v<F>) return CallableKind::plain;
  if (is_std_function<F>) return CallableKind::std_function;
  if constexpr (std::is_default_constructible_v<F> && std::is_class_v<F>) {
    if (is_archivable<F>) return CallableKind::serialized;
  }
  return CallableKind::none;
}

/// Its bytes may contain addresses of functions or static variables.
template <class F>
inline constexpr bool names_places = !std::is_empty_v<F> && !holds_no_addresses<F>;

template <class F>
constexpr bool require_callable() {
  constexpr CallableKind kind = callable_kind<F>();
  static_assert(!is_reference<F>, "prun: std::ref does not cross processes: pass the callable itself");
  static_assert(!is_std_bind<F>,
                "prun: std::bind's result cannot be turned into bytes: use std::bind_front, or a lambda");
  static_assert(kind != CallableKind::none || is_reference<F> || is_std_bind<F>,
                "prun: this callable cannot go to another process. What can: a function; a lambda whose captures are "
                "trivially copyable (numbers, not strings or containers); std::bind_front(f, values...), whose values "
                "may be strings and containers; a class with operator(), a `serialize` function and a default "
                "constructor. A lambda that captures a string becomes "
                "std::bind_front([](const std::string& captured, int x) { ... }, captured)");
  if constexpr (kind == CallableKind::bound_front) {
    constexpr Obstacle found = transfer_obstacle<typename BoundFront<F>::Arguments>();
    require_none<typename BoundFront<F>::Arguments, found>();
    return found == Obstacle::none && require_callable<typename BoundFront<F>::Callable>();
  } else {
    return kind != CallableKind::none && !is_std_bind<F>;
  }
}

/// Checks what is not serialized: encode_callable() checks the rest.
/// @throws std::invalid_argument if the callable holds an address on this thread's stack
template <class F>
void check_captures(const F& function) {
  if constexpr (holds_no_addresses<F> || std::is_pointer_v<F> || std::is_member_pointer_v<F>) {
    return;
  } else if constexpr (callable_kind<F>() == CallableKind::bound_front) {
    check_captures(BoundFront<F>::open(function).callable);
  } else if constexpr (callable_kind<F>() == CallableKind::plain && !std::is_empty_v<F>) {
    if (shows_stack_address(function)) refuse_stack_address_in_callable();
  }
}

/// Serializes a value once.
/// @throws what its serialization throws, or what `refuse` throws if the value holds an address on this thread's stack
template <class T>
void encode_checked(std::string& out, const T& value, void (*refuse)()) {
  bool stack_address = false;
  try {
    encode(out, value, &stack_address);
  } catch (...) {
    if (!stack_address) throw;
  }
  if (stack_address) refuse();
}

/// @throws std::invalid_argument if serialized state holds an address on this thread's stack
template <class F>
void encode_callable(std::string& out, const F& function) {
  constexpr CallableKind kind = callable_kind<F>();
  if constexpr (kind == CallableKind::plain) {
    if constexpr (!std::is_empty_v<F>) write_plain(out, function);
  } else if constexpr (kind == CallableKind::bound_front) {
    const auto& parts = BoundFront<F>::open(function);
    encode_callable(out, parts.callable);
    encode_checked(out, parts.arguments, refuse_stack_address_in_argument);
  } else if constexpr (kind == CallableKind::std_function) {
    write_std_function(out, &function);
  } else {
    encode_checked(out, function, refuse_stack_address_in_callable);
  }
}

/// @throws ArgumentError if this process does not have a function that it names
template <class F>
F decode_callable(std::string_view& in) {
  constexpr CallableKind kind = callable_kind<F>();
  if constexpr (kind == CallableKind::plain) {
    if constexpr (std::is_empty_v<F>) {
      std::string_view nothing("\0", 1);
      return read_plain<F>(nothing);
    } else {
      F function = read_plain<F>(in);
      if constexpr (names_places<F>) move_addresses(&function, sizeof function, Direction::from_master);
      return function;
    }
  } else if constexpr (kind == CallableKind::bound_front) {
    auto callable = decode_callable<typename BoundFront<F>::Callable>(in);
    auto arguments = decode<typename BoundFront<F>::Arguments>(in);
    if (addresses_differ()) move_addresses_in(arguments, Direction::from_master);
    return BoundFront<F>::make(std::move(callable), std::move(arguments));
  } else if constexpr (kind == CallableKind::std_function) {
    F function;
    read_std_function(in, &function);
    return function;
  } else {
    F function{};
    Reader reader(in);
    reader(function);
    return function;
  }
}

}  // namespace prun::detail
