#include "command/output_turn.hpp"

#include <new>

namespace prun::command {

OutputTurn::OutputTurn() : memory_(sys::page_size(), sys::page_size()) {
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
  new (memory_.data()) std::atomic<std::uint64_t>(0);
}

}  // namespace prun::command
