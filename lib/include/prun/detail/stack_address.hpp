// Finds addresses on the calling thread's stack in data that goes to another process, where they would be invalid.
//
// A closure that captures by reference is trivially copyable, and so is a struct with a pointer. The language does not show
// their contents. But a word whose value lies in the part of the stack in use is almost certainly an address; a number
// rarely has such a value. For those cases there are `allow_addresses` and `holds_no_addresses`.
#pragma once

#include <prun/detail/type_check.hpp>

#include <cstddef>
#include <cstring>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace prun {

/// Specialize it as true for a type whose bytes prun must not take for addresses.
template <class T>
inline constexpr bool holds_no_addresses = false;

/// A callable that holds addresses on this thread's stack on purpose; made by allow_addresses().
template <class F>
struct AllowAddresses {
  F function;
  template <class... Args>
  requires std::is_invocable_v<const F&, Args...>
  decltype(auto) operator()(Args&&... args) const { return function(std::forward<Args>(args)...); }
};
template <class F>
inline constexpr bool holds_no_addresses<AllowAddresses<F>> = true;

/// For a callable that captures by reference what existed before the pool was made and has not changed since. Forked workers
/// have a copy of it, with its value at that time.
template <class F>
[[nodiscard]] AllowAddresses<F> allow_addresses(F function) {
  return {std::move(function)};
}

namespace detail {

/// Returns true if a word of these bytes is an address in the part of the calling thread's stack that is in use.
[[nodiscard]] bool holds_stack_address(const void* bytes, std::size_t size) noexcept;

/// @throws std::invalid_argument that says what to do instead
[[noreturn]] void refuse_stack_address_in_callable();
[[noreturn]] void refuse_stack_address_in_argument();

/// The same for the bytes of a value, without its padding, which may contain anything.
template <class T>
bool shows_stack_address(const T& value) noexcept {
#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
  if constexpr (__is_trivially_copyable(T)) {  // not the trait, which caches: GCC 12 may answer otherwise now
    alignas(T) std::byte copy[sizeof(T)];
    std::memcpy(copy, &value, sizeof value);
    __builtin_clear_padding(reinterpret_cast<T*>(copy));
    return holds_stack_address(copy, sizeof copy);
  }
#endif
#endif
  // Without that builtin, padding cannot be recognized. Then only types without padding are checked.
  return (sizeof(T) == sizeof(void*) || std::has_unique_object_representations_v<T>)&&holds_stack_address(&value,
                                                                                                          sizeof value);
}

template <class T>
constexpr bool may_hold_addresses();

template <class... Parts>
constexpr bool any_may_hold_addresses(std::type_identity<std::tuple<Parts...>>) {
  return (may_hold_addresses<Parts>() || ...);
}
template <class T>
constexpr bool may_hold_addresses() {
  if constexpr (holds_no_addresses<T>) {
    return false;
  } else {
    return Opaque<T> || any_may_hold_addresses(std::type_identity<typename PartsOf<T>::type>{});
  }
}

template <class T>
void refuse_stack_addresses(const T& value) {
  if constexpr (!may_hold_addresses<T>()) {
    return;
  } else if constexpr (Opaque<T>) {
    if (shows_stack_address(value)) refuse_stack_address_in_argument();
  } else if constexpr (is_tuple<T>) {
    std::apply([](const auto&... part) { (refuse_stack_addresses(part), ...); }, value);
  } else if constexpr (std::ranges::range<const T>) {
    for (const auto& part : value) refuse_stack_addresses(part);
  } else if constexpr (requires { value ? refuse_stack_addresses(*value) : void(); }) {  // optional, smart pointers
    if (value) refuse_stack_addresses(*value);
  }
}

}  // namespace detail
}  // namespace prun
