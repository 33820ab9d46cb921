// Converts addresses in data from and to the master, in a worker that was not forked from it (Start::spawn). There the same
// files are mapped at other addresses. In all other processes these functions change nothing.
#pragma once

#include <prun/detail/stack_address.hpp>
#include <prun/detail/type_check.hpp>

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <variant>

namespace prun::detail {

enum class Direction : std::uint8_t { from_master, to_master };

/// Converts words that are addresses in the master's files to the same places in this process, or back.
/// @throws ArgumentError if this process cannot get the file
void move_addresses(void* bytes, std::size_t size, Direction direction);
/// Returns true if this process is such a worker.
[[nodiscard]] bool addresses_differ() noexcept;

template <class T>
inline constexpr bool is_code_pointer = FunctionPointer<T> || std::is_member_pointer_v<T>;

template <class T>
constexpr bool may_name_places();
template <class... Parts>
constexpr bool any_may_name_places(std::type_identity<std::tuple<Parts...>>) {
  return (may_name_places<Parts>() || ...);
}
template <class T>
constexpr bool may_name_places() {
  if constexpr (holds_no_addresses<T>) {
    return false;
  } else {
    return is_code_pointer<T> || Opaque<T> || any_may_name_places(std::type_identity<typename PartsOf<T>::type>{});
  }
}

/// For a value and its parts.
template <class T>
void move_addresses_in(T& value, Direction direction) {
  if constexpr (!may_name_places<std::remove_cv_t<T>>() || std::is_const_v<T>) {
    return;
  } else if constexpr (is_code_pointer<T> || Opaque<T>) {
    move_addresses(&value, sizeof value, direction);
  } else if constexpr (is_tuple<T>) {
    std::apply([direction](auto&... part) { (move_addresses_in(part, direction), ...); }, value);
  } else if constexpr (is_variant<T>) {
    if (value.valueless_by_exception()) return;
    std::visit([direction](auto& part) { move_addresses_in(part, direction); }, value);
  } else if constexpr (std::ranges::range<T>) {
    for (auto&& part : value) move_addresses_in(part, direction);
  } else if constexpr (requires { value ? move_addresses_in(*value, direction) : void(); }) {
    if (value) move_addresses_in(*value, direction);
  }
}

}  // namespace prun::detail
