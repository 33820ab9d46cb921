// The messages between a worker and its Python process, in the machine's byte order: a head, then `size` bytes.
// ring/PROTOCOL.md ("Two processes, one worker") shows who sends what, and when.
#pragma once

#include <cstdint>

namespace prun::python {

enum class MessageKind : std::uint32_t {
  // to Python
  call,   ///< CallHead, then name, args and kwargs
  baton,  ///< both ways: a worker::Baton
  // from Python
  ready,    ///< it is ready for calls
  unfit,    ///< it cannot run: a text for the user; it exits
  value,    ///< the value of a call
  failure,  ///< the failure of a call (wire/failure.hpp)
};

struct MessageHead {
  MessageKind kind;
  std::uint32_t unused;
  std::uint64_t size;
};

struct CallHead {
  std::uint64_t name_size;
  std::uint64_t args_size;
  std::uint64_t kwargs_size;
};

}  // namespace prun::python
