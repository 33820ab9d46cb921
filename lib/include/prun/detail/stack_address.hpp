// Finds addresses on the calling thread's stack in data that goes to another process, where they would be invalid.
//
// A closure that captures by reference is trivially copyable, and so is a struct with a pointer. The language does not show
// their contents. But a word whose value lies in the part of the stack in use is almost certainly an address; a number
// rarely has such a value. For those cases there are `allow_addresses` and `holds_no_addresses`.
#pragma once

#include <prun/detail/type_check.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

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

#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
#define PRUN_DETAIL_CLEARS_PADDING 1
#endif
#endif

#ifdef PRUN_DETAIL_CLEARS_PADDING
inline constexpr bool clears_padding = true;
#else
inline constexpr bool clears_padding = false;

/// Returns false if T has no member that is a pointer, a reference or a union: only then can the compiler make a T of bytes in a
/// constant expression.
template <class T>
constexpr bool may_have_pointers() {
  if constexpr (!__is_trivially_copyable(T)) {
    return true;
  } else {
    using Bytes = std::array<unsigned char, sizeof(T)>;
    return !requires { typename std::bool_constant<(static_cast<void>(__builtin_bit_cast(T, Bytes{})), true)>; };
  }
}
#endif

/// The same for the bytes of a value, without its padding, which may contain anything.
///
/// Clang cannot clear padding. There, all words of a type that may have pointers are checked, and no word of another type with
/// padding, such as {bool, double}. So padding can be taken for an address only if it is beside a pointer and contains the rest
/// of a stack address, and the member that shares its word has one or two bytes: more would move the word out of the stack.
template <class T>
bool shows_stack_address(const T& value) noexcept {
#ifdef PRUN_DETAIL_CLEARS_PADDING
  if constexpr (__is_trivially_copyable(T)) {  // not the trait, which caches: GCC 12 may answer otherwise now
    alignas(T) std::byte copy[sizeof(T)];
    std::memcpy(copy, &value, sizeof value);
    __builtin_clear_padding(reinterpret_cast<T*>(copy));
    return holds_stack_address(copy, sizeof copy);
  } else {
    constexpr bool checked = sizeof(T) == sizeof(void*) || std::has_unique_object_representations_v<T>;
    return checked && holds_stack_address(&value, sizeof value);
  }
#else
  constexpr bool checked = std::has_unique_object_representations_v<T> || may_have_pointers<T>();
  return checked && holds_stack_address(&value, sizeof value);
#endif
}

/// T is a type of the user with a `serialize` function, or one whose parts only its serialization shows (std::stack).
/// Defined in archive.hpp.
template <class T>
constexpr bool is_serialized();

/// The bytes of a T are checked as a whole. The parts of a std::optional, for example, are checked one by one if padding cannot
/// be cleared.
template <class T>
inline constexpr bool checked_whole = Opaque<T> &&
                                      (clears_padding || std::is_same_v<typename PartsOf<T>::type, std::tuple<>>);

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
  } else if constexpr (checked_whole<T> || is_serialized<T>()) {
    return true;
  } else {
    return any_may_hold_addresses(std::type_identity<typename PartsOf<T>::type>{});
  }
}

template <class T>
constexpr bool shown_by_serialization();

template <class... Parts>
constexpr bool any_shown_by_serialization(std::type_identity<std::tuple<Parts...>>) {
  return (shown_by_serialization<Parts>() || ...);
}
/// Returns true if only the serialization of a T shows all addresses that it holds.
template <class T>
constexpr bool shown_by_serialization() {
  if constexpr (holds_no_addresses<T> || Plain<T>) {
    return false;
  } else if constexpr (is_serialized<T>()) {
    return true;
  } else {
    return any_shown_by_serialization(std::type_identity<typename PartsOf<T>::type>{});
  }
}

/// For a value and its parts, but without what only a serialization shows.
template <class T>
bool has_stack_address(const T& value) {
  // NOLINTNEXTLINE(bugprone-branch-clone): the first condition that holds decides
  if constexpr (!may_hold_addresses<T>()) {
    return false;
  } else if constexpr (checked_whole<T>) {
    return shows_stack_address(value);
  } else if constexpr (is_tuple<T>) {
    return std::apply([](const auto&... part) { return (has_stack_address(part) || ...); }, value);
  } else if constexpr (is_variant<T>) {
    if (value.valueless_by_exception()) return false;
    return std::visit([](const auto& part) { return has_stack_address(part); }, value);
  } else if constexpr (std::ranges::range<const T>) {
    for (const auto& part : value) {
      if (has_stack_address(part)) return true;
    }
    return false;
  } else if constexpr (requires { value ? has_stack_address(*value) : false; }) {  // optional, smart pointers
    return value && has_stack_address(*value);
  } else {
    return false;
  }
}

/// Sets `*found` to true if the value holds an address on this thread's stack. Checks nothing if `found` is null.
template <class T>
void note_stack_address(const T& value, bool* found) {
  if (found != nullptr && !*found) *found = has_stack_address(value);
}

template <class T>
void refuse_stack_addresses(const T& value) {
  if (has_stack_address(value)) refuse_stack_address_in_argument();
}

}  // namespace detail
}  // namespace prun
