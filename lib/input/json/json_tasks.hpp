// A task file: one JSON array of tasks, or JSON Lines with one task per line. It reads incrementally. Only the current task
// is in memory.
//
// The beginning decides which one it is. '[' followed by an object, an array, ']' or the end begins an array of tasks, which
// may be in short form. '[' and a string begin a task in short form, the first line of JSON Lines. '{' begins JSON Lines
// too. Blank lines are skipped. A byte order mark and carriage returns are ignored.
#pragma once

#include "input/json/task_parser.hpp"
#include "input/lines/entry_reader.hpp"
#include "input/lines/read_buffer.hpp"
#include "input/task_source.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun {

class JsonTaskSource final : public TaskSource {
 public:
  /// @param name name of the input for messages: "tasks.json"
  /// @param registry must outlive the source
  JsonTaskSource(std::string name, std::unique_ptr<ByteSource> bytes, Registry& registry);

  Pull next(Task& task) override;
  [[nodiscard]] const InputError& error() const override { return error_; }
  [[nodiscard]] int wait_fd() const override { return buffer_.bytes().wait_fd(); }

 private:
  std::optional<Pull> detect();
  Pull parse(std::string_view text, Task& task);
  Pull bad(const char* at, std::string_view message);
  Pull unreadable();
  Pull end();

  std::string name_;
  ReadBuffer buffer_;
  TaskParser parser_;
  std::unique_ptr<EntryReader> entries_;  // null until the layout is known
  bool lines_ = false;
  bool mark_skipped_ = false;
  bool ended_ = false;
  InputError error_;
};

}  // namespace prun
