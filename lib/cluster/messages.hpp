// The bodies of frames: what the head and an agent tell each other, as structs and as bytes. PROTOCOL.md is the grammar. All
// decoders read untrusted bytes and throw wire::DecodeError.
#pragma once

#include "task/range.hpp"
#include "wire/value.hpp"

#include <prun/detail/job.hpp>
#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::cluster {

/// What an agent needs to know of the run before its first task.
struct Setup {
  std::vector<std::string> command_line;  ///< of the head, the program first
  std::string directory;                  ///< the head's working directory
  std::string workdir;                    ///< of the node; empty: the same as the head's, if the node has it
  std::vector<std::pair<std::string, std::string>> environment;  ///< variables that prun itself reads
  std::uint32_t workers = 0;                                     ///< 0: as the command line says on that node
  std::chrono::milliseconds dead_after{3000};                    ///< silence after which the other end counts as dead
  bool measured = false;                                         ///< attempts are to say what they used
  std::string host;                                              ///< the name of the node, for its messages
  std::uint32_t files = 0;                                       ///< so many files follow, which functions need
};
[[nodiscard]] std::string encode(const Setup& setup);
[[nodiscard]] Setup decode_setup(std::string_view body);

/// Consecutive tasks of one function.
struct TaskBatch {
  std::optional<std::string_view> function;  ///< its name; absent: the command of the command line
  std::uint64_t first_index = 0;
  std::uint32_t attempt = 1;
  std::uint64_t count = 0;
  std::optional<IntRange> range{};  ///< its elements are the only arguments
  std::string_view items{};         ///< otherwise: for each task its arguments and its keyword arguments, or nil
};
[[nodiscard]] std::string encode(const TaskBatch& batch);
/// Checks the items too.
[[nodiscard]] TaskBatch decode_tasks(std::string_view body);
void append_item(std::string& items, std::string_view args, std::string_view kwargs);
struct Item {
  std::string_view args;
  std::string_view kwargs;  ///< empty: none
};
[[nodiscard]] Item take_item(wire::ValueReader& items);

/// What became of a task.
struct Outcome {
  std::uint64_t index = 0;
  detail::AttemptInfo info;        ///< times are those of the node's clock
  std::optional<Failure> failure;  ///< absent: it has a value
  std::string_view value;
};
void append_value(std::string& body, std::uint64_t index, const detail::AttemptInfo& info, std::string_view value);
void append_failure(std::string& body, std::uint64_t index, const detail::AttemptInfo& info, const Failure& failure);
[[nodiscard]] Outcome take_outcome(wire::ValueReader& outcomes);

/// That the sender lives, and what measures the way.
struct Beat {
  std::int64_t sent_ns = 0;    ///< the sender's clock (CLOCK_MONOTONIC)
  std::int64_t echoed_ns = 0;  ///< `sent_ns` of the last beat that it has received; 0: none yet
  std::int64_t held_ns = 0;    ///< how long ago that was received
};
[[nodiscard]] std::string encode(const Beat& beat);
[[nodiscard]] Beat decode_beat(std::string_view body);

/// One number or one text, for the frames that have no more.
[[nodiscard]] std::string encode_number(std::uint64_t number);
[[nodiscard]] std::uint64_t decode_number(std::string_view body);
/// At most 32 bits; a larger number is an error, and is not cut.
[[nodiscard]] std::uint32_t decode_small_number(std::string_view body);
[[nodiscard]] std::string encode_text(std::string_view text);
[[nodiscard]] std::string decode_text(std::string_view body);
[[nodiscard]] std::string encode_numbers(const std::vector<std::uint64_t>& numbers);
[[nodiscard]] std::vector<std::uint64_t> decode_numbers(std::string_view body);

}  // namespace prun::cluster
