// The C++ runtime asks the type_info of each catch clause, through a virtual function, whether it matches the exception. It
// asks in the first of its two passes, before it unwinds any frame. The type_info here says no and reads the stack.
// It works with GCC's runtime, libstdc++. With other runtimes the place is unknown.
#include "worker/throw_site.hpp"

#include "sys/symbol.hpp"

#include <prun/detail/throw_site.hpp>

#include <unwind.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <typeinfo>
#include <unordered_map>
#include <utility>

namespace prun::worker {
namespace {

/// Return addresses, innermost first. Enough for the runtime's own frames and a few of the standard library.
struct Frames {
  std::array<std::uintptr_t, 24> addresses{};
  std::size_t count = 0;
};
thread_local Frames last_throw;

// Does not allocate: the exception may be std::bad_alloc.
[[maybe_unused]] void note_frames() noexcept {
  last_throw.count = 0;
  const auto add = [](_Unwind_Context* context, void*) {
    int before_instruction = 0;
    const std::uintptr_t next = _Unwind_GetIPInfo(context, &before_instruction);
    if (next == 0 || last_throw.count == last_throw.addresses.size()) return _URC_END_OF_STACK;
    last_throw.addresses.at(last_throw.count++) = before_instruction != 0 ? next : next - 1;
    return _URC_NO_REASON;
  };
  _Unwind_Backtrace(add, nullptr);
}

enum class Part : std::uint8_t { unknown, unwinder, standard_library, program };
struct Place {
  Part part = Part::unknown;
  std::string text;
};

bool starts_with_any(std::string_view name, std::initializer_list<std::string_view> starts) {
  return std::ranges::any_of(starts, [name](std::string_view start) { return name.starts_with(start); });
}

Part part_of(const sys::Symbol& symbol) {
  const std::string_view name = symbol.mangled;
  if (starts_with_any(symbol.module, {"libstdc++.", "libgcc_s.", "libasan.", "libtsan.", "libubsan."})) {
    return Part::unwinder;
  }
  if (name.find("__cxa_") < 20 || starts_with_any(name, {"_Unwind_", "__gxx_personality"})) return Part::unwinder;
  if (starts_with_any(name, {"_ZSt", "_ZNSt", "_ZNKSt", "_ZN9__gnu_cxx"})) return Part::standard_library;
  return symbol.module.empty() ? Part::unknown : Part::program;
}

Place place_of(std::uintptr_t address) {
  const sys::Symbol symbol = sys::symbol_at(address);
  return {part_of(symbol), sys::to_text(symbol)};
}

// Looks up each function only once, even if it throws a thousand times.
const Place& known_place_of(std::uintptr_t address) {
  thread_local std::unordered_map<std::uintptr_t, Place> known;
  const auto found = known.find(address);
  return found != known.end() ? found->second : known.emplace(address, place_of(address)).first->second;
}

}  // namespace

std::string take_throw_site() {
  const std::size_t count = std::exchange(last_throw.count, 0);
  bool in_throw = false;  // the frames of the runtime are between this file's and the throwing function's
  for (std::size_t i = 0; i < count; ++i) {
    const Place& place = known_place_of(last_throw.addresses.at(i));
    if (place.part == Part::unwinder) in_throw = true;
    if (in_throw && place.part == Part::program) return place.text;
  }
  return {};
}

#ifdef __GLIBCXX__

// Not in the unnamed namespace, because another translation unit refers to its object.
class WatchingTypeInfo final : public std::type_info {
 public:
  WatchingTypeInfo() : std::type_info("N4prun6detail9ThrowSiteE") {}
  bool __do_catch(const std::type_info*, void**, unsigned) const override {
    note_frames();
    return false;
  }
};

}  // namespace prun::worker

// Has the symbol name of the type_info of detail::ThrowSite, which its catch clauses use. It is initialized before any pool,
// also before one with static storage duration.
extern const prun::worker::WatchingTypeInfo throw_site_type_info __asm__("_ZTIN4prun6detail9ThrowSiteE");
[[gnu::init_priority(101)]] const prun::worker::WatchingTypeInfo throw_site_type_info;

#else

}  // namespace prun::worker

prun::detail::ThrowSite::~ThrowSite() = default;

#endif
