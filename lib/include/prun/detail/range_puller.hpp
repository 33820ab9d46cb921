// The sources of a stream's inputs: one range, several ranges, or integers, which need no source. It uses no std::views,
// because Debian 12's clang cannot compile those of its libstdc++.
#pragma once

#include <prun/detail/call.hpp>

#include <concepts>
#include <deque>
#include <memory>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace prun::detail {

/// Holds a range while it is read: refers to an lvalue, unless it is a view; stores anything else.
template <class Range>
class HeldRange {
  using Plain = std::remove_reference_t<Range>;
  static constexpr bool copied = std::ranges::view<std::remove_cv_t<Plain>> && std::copy_constructible<Plain>;

 public:
  static constexpr bool borrowed = std::is_lvalue_reference_v<Range> && !copied;
  /// Nothing else refers to the elements.
  static constexpr bool owns_elements = !std::is_lvalue_reference_v<Range> && !std::ranges::view<Plain>;
  using Held = std::conditional_t<borrowed, Plain, std::remove_cv_t<Plain>>;

  explicit HeldRange(Range&& range)
      : range_([&] {
          if constexpr (borrowed) {
            return std::addressof(range);
          } else {
            return std::forward<Range>(range);
          }
        }()) {}
  [[nodiscard]] Held& get() {
    if constexpr (borrowed) {
      return *range_;
    } else {
      return range_;
    }
  }

 private:
  std::conditional_t<borrowed, Plain*, Held> range_;
};

/// Takes inputs one at a time from a range.
template <class Range>
class RangePuller {
 public:
  using value_type = ItemOf<Range>;
  explicit RangePuller(Range&& range) : range_(std::forward<Range>(range)) {}
  /// Appends the next input. Returns false at the end.
  bool pull(std::deque<value_type>& out) {
    if (!at_) {
      at_.emplace(std::ranges::begin(range_.get()));
    } else {
      ++*at_;
    }
    if (*at_ == std::ranges::end(range_.get())) return false;
    if constexpr (HeldRange<Range>::owns_elements) {
      out.emplace_back(std::move(**at_));
    } else {
      out.emplace_back(**at_);
    }
    return true;
  }

 private:
  HeldRange<Range> range_;
  std::optional<std::ranges::iterator_t<typename HeldRange<Range>::Held>> at_;
};

/// Tuples from several ranges, up to the end of the shortest.
template <class... Ranges>
class ZipPuller {
 public:
  using value_type = std::tuple<ItemOf<Ranges>...>;
  explicit ZipPuller(Ranges&&... ranges) : pullers_(RangePuller<Ranges>(std::forward<Ranges>(ranges))...) {}
  bool pull(std::deque<value_type>& out) {
    return std::apply(
        [&out](auto&... puller) {
          std::tuple<std::deque<ItemOf<Ranges>>...> parts;
          const bool all = std::apply([&](auto&... part) { return (puller.pull(part) && ...); }, parts);
          if (all) std::apply([&](auto&... part) { out.emplace_back(std::move(part.front())...); }, parts);
          return all;
        },
        pullers_);
  }

 private:
  std::tuple<RangePuller<Ranges>...> pullers_;
};

/// For integers, which the job generates itself.
template <class T>
struct NoPuller {
  using value_type = T;
  bool pull(std::deque<T>&) { return false; }
};

}  // namespace prun::detail
