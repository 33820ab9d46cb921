#include "worker/peer_address.hpp"

#include <prun/detail/peer_address.hpp>
#include <prun/error.hpp>

#include <cstring>
#include <exception>
#include <optional>
#include <string>

namespace prun {
namespace worker {
namespace {

sys::PeerModules* peer = nullptr;  // set once per process, before any task

std::optional<std::uintptr_t> moved(sys::PeerModules& modules, std::uintptr_t address, detail::Direction direction) {
  try {
    return direction == detail::Direction::from_master ? modules.here(address) : modules.there(address);
  } catch (const std::exception& e) {
    throw ArgumentError(std::string("the function cannot be found in a spawned worker: ") + e.what());
  }
}

}  // namespace

void set_peer_modules(sys::PeerModules* modules) noexcept { peer = modules; }

std::uint64_t function_here(sys::PeerModules& modules, std::uint64_t there) {
  if (const auto here = moved(modules, there, detail::Direction::from_master)) return *here;
  throw ArgumentError("the function cannot be found in a spawned worker: it is in no file that the program has loaded");
}

}  // namespace worker

namespace detail {

bool addresses_differ() noexcept { return worker::peer != nullptr; }

void move_addresses(void* bytes, std::size_t size, Direction direction) {
  if (worker::peer == nullptr) return;
  auto* at = static_cast<char*>(bytes);
  for (std::size_t i = 0; i + sizeof(std::uintptr_t) <= size; i += sizeof(std::uintptr_t)) {
    std::uintptr_t word = 0;
    std::memcpy(&word, at + i, sizeof word);
    if (word == 0) continue;
    if (const auto address = worker::moved(*worker::peer, word, direction)) std::memcpy(at + i, &*address, sizeof word);
  }
}

}  // namespace detail
}  // namespace prun
