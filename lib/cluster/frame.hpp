// The envelope of everything that the head of a run and an agent send each other: a type and a body. PROTOCOL.md is the
// grammar. It does not know what bodies mean, and reads and writes nothing itself.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::cluster {

enum class FrameType : std::uint8_t {
  // from the head
  setup = 1,   ///< the command line of the run, and how to run it
  tasks = 2,   ///< consecutive tasks of one function
  recall = 3,  ///< give back so many tasks that have not been started
  pause = 4,   ///< stop all workers until `resume`
  resume = 5,
  stop = 6,   ///< start nothing more, end what runs, say goodbye
  limit = 7,  ///< the time limit of calls
  // from the agent
  ready = 16,     ///< the workers have started
  refused = 17,   ///< this node cannot take part in the run, for the given reason
  outcomes = 18,  ///< of tasks, in any order
  returned = 19,  ///< the answer to `recall`: these tasks were not started
  goodbye = 20,   ///< nothing follows
  warned = 21,    ///< the node's scheduler has sent a signal that announces the end of the job
  // from both
  beat = 32,  ///< the sender lives
  file = 33,  ///< a part of a file
};

/// A view into the reader's buffer.
struct Frame {
  FrameType type = FrameType::beat;
  std::string_view body;
};

inline constexpr std::size_t frame_header_size = 8;
inline constexpr std::uint32_t largest_body = std::uint32_t{1} << 31U;

/// Appends a frame to `out`. @throws std::length_error if the body is larger than `largest_body`
void append_frame(std::string& out, FrameType type, std::string_view body);

/// Cuts a stream of bytes into frames.
class FrameReader {
 public:
  void feed(std::string_view bytes);

  /// The next whole frame, valid until the next call of either function; absent: more bytes are needed.
  /// @return what is wrong with the stream, which cannot be read any further
  [[nodiscard]] tl::expected<std::optional<Frame>, std::string> next();

 private:
  std::string buffer_;
  std::size_t at_ = 0;
};

}  // namespace prun::cluster
