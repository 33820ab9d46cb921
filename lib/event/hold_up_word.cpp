#include "event/hold_up_word.hpp"

namespace prun {

std::string_view hold_up_word(HeldBack::Reason reason) noexcept {
  using Reason = HeldBack::Reason;
  switch (reason) {
    case Reason::nothing: break;
    case Reason::input: return "input";
    case Reason::order: return "order";
    case Reason::reader: return "reader";
    case Reason::load: return "load";
    case Reason::memory: return "memory";
    case Reason::delay: return "delay";
    case Reason::retry: return "retry";
    case Reason::jobserver: return "jobserver";
    case Reason::system: return "system";
  }
  return {};
}

}  // namespace prun
