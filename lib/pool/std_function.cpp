// Serializes a std::function. It does not reveal its contents, but libstdc++ stores a target inside the object exactly if it
// is small and trivially copyable. Such an object may be copied byte by byte to another process of the same program.
#include <prun/detail/callable.hpp>
#include <prun/detail/codec.hpp>
#include <prun/detail/peer_address.hpp>
#include <prun/detail/stack_address.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <functional>
#include <stdexcept>

namespace prun::detail {
namespace {

#ifdef __GLIBCXX__

using Sample = std::function<void()>;
using Manager = bool (*)(std::_Any_data&, const std::_Any_data&, std::_Manager_operation);

/// The members of libstdc++'s std::function, whatever its signature.
struct Layout {
  std::_Any_data target;
  Manager manager;
  void (*invoker)();
};
static_assert(sizeof(Layout) == sizeof(Sample));
static_assert(alignof(Layout) == alignof(Sample));

bool keeps_target_within(const Layout& layout) {
  std::_Any_data place{};
  layout.manager(place, layout.target, std::__get_functor_ptr);
  const auto* target = static_cast<const char*>(place._M_access<void*>());
  const auto* begin = reinterpret_cast<const char*>(&layout.target);
  return target == begin;
}

#endif

[[noreturn]] void refuse() {
  throw std::invalid_argument(
      "prun: this std::function holds a callable that cannot go to another process: one with captures that are larger "
      "than "
      "two pointers or not trivially copyable, such as strings and containers. Pass the callable itself, or "
      "std::bind_front(function, values...)");
}

}  // namespace

void write_std_function(std::string& out, const void* function) {
#ifdef __GLIBCXX__
  Layout layout;  // NOLINT(cppcoreguidelines-pro-type-member-init): std::memcpy fills it
  std::memcpy(&layout, function, sizeof layout);
  const auto& in_place = *static_cast<const Layout*>(function);
  if (layout.manager != nullptr && !keeps_target_within(in_place)) refuse();
  if (holds_stack_address(&layout.target, sizeof layout.target)) refuse_stack_address_in_callable();
  write_plain(out, layout);
#else
  static_cast<void>(function);
  static_cast<void>(out);
  refuse();
#endif
}

void read_std_function(std::string_view& in, void* empty_function) {
#ifdef __GLIBCXX__
  auto layout = read_plain<Layout>(in);
  move_addresses(&layout, sizeof layout, Direction::from_master);
  std::memcpy(empty_function, &layout, sizeof layout);
#else
  static_cast<void>(in);
  static_cast<void>(empty_function);
#endif
}

}  // namespace prun::detail
