// What passes over the socket between a worker and its Python process, in the machine's byte order: a head, then `size` bytes.
// The picture of who sends what, and when, is in ring/PROTOCOL.md ("Two processes, one worker").
#pragma once

#include <cstdint>

namespace prun::python {

enum class MessageKind : std::uint32_t {
  // to Python
  call,   ///< CallHead, then name, args and kwargs
  baton,  ///< both ways: a worker::Baton
  // from Python
  ready,    ///< it can be called
  unfit,    ///< it cannot: a text for a person; it leaves
  value,    ///< of a call
  failure,  ///< of a call: an encoded failure (wire/failure.hpp)
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
