// Type computations for calls: which callables and arguments are accepted, and the type of the result.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace prun::detail {

template <class T>
struct KeptAs {
  using type = std::conditional_t<std::is_convertible_v<T, const char*> && std::is_pointer_v<T>, std::string, T>;
};
template <class K, class V>
struct KeptAs<std::pair<const K, V>> {
  using type = std::pair<K, V>;
};
/// The type that stores an argument on its way: std::string for a string literal, a movable pair for an element of a map,
/// the decayed type for anything else.
template <class T>
using Kept = typename KeptAs<std::decay_t<T>>::type;

/// Result type if the function does not accept the argument. It converts to anything, so that the static assertion is the
/// only error.
struct NotCallable {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor)
};

template <class F, class Arg, bool Unpack>
struct CallResult {
  using type = NotCallable;
};
template <class F, class Arg>
requires std::is_invocable_v<const F&, Arg>
struct CallResult<F, Arg, false> {
  using type = std::decay_t<std::invoke_result_t<const F&, Arg>>;
};
template <class F, class Arg, class Parts>
struct UnpackedResult {
  using type = NotCallable;
};
template <class F, class Arg, std::size_t... I>
requires std::is_invocable_v<const F&, decltype(std::get<I>(std::declval<Arg>()))...>
struct UnpackedResult<F, Arg, std::index_sequence<I...>> {
  using type = std::decay_t<std::invoke_result_t<const F&, decltype(std::get<I>(std::declval<Arg>()))...>>;
};
template <class F, class Arg>
requires requires { std::tuple_size<std::remove_cvref_t<Arg>>::value; }
struct CallResult<F, Arg, true>
    : UnpackedResult<F, Arg, std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<Arg>>>> {};
/// The decayed result of f(arg), or of f(parts of arg...).
template <class F, class Arg, bool Unpack>
using ResultOf = typename CallResult<F, Arg, Unpack>::type;

template <class F, class Arg, bool Unpack>
constexpr bool require_call() {
  constexpr bool callable = !std::is_same_v<ResultOf<F, Arg, Unpack>, NotCallable>;
  static_assert(callable || Unpack,
                "prun: the function does not accept the item: it is called with one value of the inputs' type, as "
                "`function(item)`. It takes T, const T& or T&&, not T&, has one parameter (several: use starmap), and "
                "is no `mutable` lambda");
  static_assert(callable || !Unpack,
                "prun: the function does not accept the arguments: each is passed as a value of its type (a string "
                "literal as a std::string). It takes T, const T& or T&&, not T&, as many as there are, and is no "
                "`mutable` lambda");
  return callable;
}

/// The type that stores an argument if the caller waits for the call in the same process: a reference for an lvalue, without a copy.
template <class T>
using Lent = std::conditional_t<std::is_lvalue_reference_v<T> && std::is_same_v<Kept<T>, std::remove_cvref_t<T>>,
                                const std::remove_reference_t<T>&, Kept<T>>;
/// The arguments of such a call. They are copied if the function does not accept such references, or returns another type for them.
template <class F, class... Args>
using LentArguments = std::conditional_t<
    std::is_same_v<ResultOf<F, std::tuple<Lent<Args>...>, true>, ResultOf<F, std::tuple<Kept<Args>...>, true>>,
    std::tuple<Lent<Args>...>, std::tuple<Kept<Args>...>>;

template <bool Unpack, class F, class Arg>
ResultOf<F, Arg&&, Unpack> call(const F& function, Arg&& arg) {
  if constexpr (Unpack) {
    return std::apply(function, std::forward<Arg>(arg));
  } else {
    return std::invoke(function, std::forward<Arg>(arg));
  }
}

template <class T>
inline constexpr bool is_iota = false;
template <class W, class B>
inline constexpr bool is_iota<std::ranges::iota_view<W, B>> = true;

/// The type that stores the inputs of a range.
template <class Range>
using ItemOf = Kept<std::ranges::range_value_t<Range>>;

/// Consecutive integers of at most 64 bits, which are sent as a start and a count.
template <class Range>
concept IntegerRange = is_iota<std::remove_cvref_t<Range>> && std::integral<std::ranges::range_value_t<Range>> &&
                       sizeof(std::ranges::range_value_t<Range>) <= 8;

}  // namespace prun::detail
