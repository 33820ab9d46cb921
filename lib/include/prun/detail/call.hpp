// What may be called, with which arguments, and what comes back: type arithmetic only.
#pragma once

#include <concepts>
#include <functional>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>

namespace prun::detail {

/// What an argument is kept as on its way: a string literal as a std::string, anything else as its decayed type.
template <class T>
using Kept =
    std::conditional_t<std::is_convertible_v<std::decay_t<T>, const char*> && std::is_pointer_v<std::decay_t<T>>,
                       std::string, std::decay_t<T>>;

template <class F, class Arg, bool Unpack>
struct CallResult {
  using type = std::invoke_result_t<const F&, Arg>;
};
template <class F, class Arg>
struct CallResult<F, Arg, true> {
  using type = decltype(std::apply(std::declval<const F&>(), std::declval<Arg>()));
};
/// The decayed result of f(arg), or of f(parts of arg...).
template <class F, class Arg, bool Unpack>
using ResultOf = std::decay_t<typename CallResult<F, Arg, Unpack>::type>;

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

/// What the inputs of a range are kept as.
template <class Range>
using ItemOf = Kept<std::ranges::range_value_t<Range>>;

/// Consecutive integers of at most 64 bits, which travel as a start and a count.
template <class Range>
concept IntegerRange = is_iota<std::remove_cvref_t<Range>> && std::integral<std::ranges::range_value_t<Range>> &&
                       sizeof(std::ranges::range_value_t<Range>) <= 8;

}  // namespace prun::detail
