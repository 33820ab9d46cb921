// Checks at compile time whether values of a type can go to another process, and has the text of each error message.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace prun::detail {

/// What prevents a type from going to another process.
enum class Obstacle : std::uint8_t { none, pointer, view, reference, no_serialization, no_default };

template <class T>
inline constexpr bool is_view = false;
template <class C, class Traits>
inline constexpr bool is_view<std::basic_string_view<C, Traits>> = true;
template <class T, std::size_t N>
inline constexpr bool is_view<std::span<T, N>> = true;

template <class T>
inline constexpr bool is_reference = false;
template <class T>
inline constexpr bool is_reference<std::reference_wrapper<T>> = true;

template <class T>
inline constexpr bool is_tuple = false;
template <class... Ts>
inline constexpr bool is_tuple<std::tuple<Ts...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;

template <class T>
inline constexpr bool is_variant = false;
template <class... Ts>
inline constexpr bool is_variant<std::variant<Ts...>> = true;

template <class T>
concept FunctionPointer = std::is_pointer_v<T> && std::is_function_v<std::remove_pointer_t<T>>;

/// An address that is invalid in another process, as far as the type itself shows. Does not look at its parts.
template <class T>
constexpr Obstacle own_obstacle() {
  if (is_view<T>) return Obstacle::view;
  if (is_reference<T>) return Obstacle::reference;
  if (std::is_pointer_v<T> && !FunctionPointer<T>) return Obstacle::pointer;
  return Obstacle::none;
}

/// The element types of a type of the standard library; none for other types.
template <class T>
struct PartsOf {
  using type = std::tuple<>;
};
template <class... Ts>
struct PartsOf<std::tuple<Ts...>> {
  using type = std::tuple<std::remove_cv_t<Ts>...>;
};
template <class A, class B>
struct PartsOf<std::pair<A, B>> {
  using type = std::tuple<std::remove_cv_t<A>, std::remove_cv_t<B>>;
};
template <class... Ts>
struct PartsOf<std::variant<Ts...>> {
  using type = std::tuple<std::remove_cv_t<Ts>...>;
};
template <class T>
struct PartsOf<std::optional<T>> {
  using type = std::tuple<std::remove_cv_t<T>>;
};
/// cereal can create some types without a default constructor (polymorphic types, load_and_construct).
template <class T>
using PointeeParts = std::conditional_t<std::is_polymorphic_v<T> || !std::is_default_constructible_v<T>, std::tuple<>,
                                        std::tuple<std::remove_cv_t<T>>>;
template <class T, class D>
struct PartsOf<std::unique_ptr<T, D>> {
  using type = PointeeParts<T>;
};
template <class T>
struct PartsOf<std::shared_ptr<T>> {
  using type = PointeeParts<T>;
};
template <class T>
requires(std::ranges::range<T>&& requires { typename T::value_type; } && !std::same_as<typename T::value_type, T> &&
         !is_view<T>) struct PartsOf<T> {
  using type = std::tuple<std::remove_cv_t<typename T::value_type>>;
};
template <>
struct PartsOf<std::filesystem::path> {
  using type = std::tuple<>;
};

/// The first address that T or a part of it shows.
template <class T>
constexpr Obstacle shown_address();

template <class... Parts>
constexpr Obstacle first_address(std::type_identity<std::tuple<Parts...>>) {
  Obstacle found = Obstacle::none;
  static_cast<void>(((found = shown_address<Parts>(), found != Obstacle::none) || ...));
  return found;
}

template <class T>
constexpr Obstacle shown_address() {
  constexpr Obstacle own = own_obstacle<T>();
  if constexpr (own != Obstacle::none || std::is_pointer_v<T>) {
    return own;
  } else if constexpr (std::is_bounded_array_v<T>) {
    return shown_address<std::remove_cv_t<std::remove_all_extents_t<T>>>();
  } else {
    return first_address(std::type_identity<typename PartsOf<T>::type>{});
  }
}

/// Copied byte by byte. So are pointers to functions, because all processes have the same code.
template <class T>
concept Plain = std::is_trivially_copyable_v<T> && shown_address<T>()
== Obstacle::none;

/// A plain type whose bytes could contain a pointer.
template <class T>
concept Opaque = Plain<T> && std::is_class_v<T> && !std::is_empty_v<T> && alignof(T) >= alignof(void*);

}  // namespace prun::detail
