// Finds addresses of the calling thread's stack in what is to go to another process, where they would mean something else.
//
// A closure that captures by reference is trivially copyable, and so is a struct with a pointer; the language does not tell what
// they hold. What can be seen is a word whose value lies on the stack that is in use now. A number can have such a value only by
// a rare chance, or because it is an address; `allow_addresses` and `holds_no_addresses` are for those.
#pragma once

#include <prun/detail/type_check.hpp>

#include <cstddef>
#include <cstring>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace prun {

/// Specialize it as true for a type of your own whose bytes prun must not take for addresses.
template <class T>
inline constexpr bool holds_no_addresses = false;

/// A callable that keeps addresses of this thread's stack on purpose; make one by allow_addresses().
template <class F>
struct AllowAddresses {
  F function;
  template <class... Args>
  requires std::is_invocable_v<const F&, Args...>
  decltype(auto) operator()(Args&&... args) const { return function(std::forward<Args>(args)...); }
};
template <class F>
inline constexpr bool holds_no_addresses<AllowAddresses<F>> = true;

/// For a callable that captures by reference what was there before the pool was made and has not changed since: forked workers
/// have a copy of it, with the value that it had then.
template <class F>
[[nodiscard]] AllowAddresses<F> allow_addresses(F function) {
  return {std::move(function)};
}

namespace detail {

/// A word of these bytes is an address of the calling thread's stack, in the part that is in use.
[[nodiscard]] bool holds_stack_address(const void* bytes, std::size_t size) noexcept;

/// @throws std::invalid_argument that says what to do instead
[[noreturn]] void refuse_stack_address_in_callable();
[[noreturn]] void refuse_stack_address_in_argument();

/// The same of a value's own bytes, without the padding between them, which may hold anything.
template <class T>
bool shows_stack_address(const T& value) noexcept {
#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
  if constexpr (__is_trivially_copyable(T)) {  // not the trait, which remembers: GCC 12 may think otherwise by now
    alignas(T) std::byte copy[sizeof(T)];
    std::memcpy(copy, &value, sizeof value);
    __builtin_clear_padding(reinterpret_cast<T*>(copy));
    return holds_stack_address(copy, sizeof copy);
  }
#endif
#endif
  // Without that the padding cannot be told from the rest: then only what surely has none is looked at.
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
