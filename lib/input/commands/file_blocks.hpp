// Cuts a regular file into blocks for the standard input of commands, without reading it: a task gets its place in the file, and a
// worker passes the bytes on. Only what stands around the ends of blocks is read here.
#pragma once

#include "input/commands/pipe_header.hpp"
#include "input/commands/pipe_options.hpp"
#include "input/task_source.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace prun {

class FileBlocks final : public TaskSource {
 public:
  /// What is left of the file behind its offset. Absent: it is no regular file, or no descriptor of one.
  [[nodiscard]] static std::optional<std::uint64_t> bytes_left(int fd);

  /// @param fd a regular file; the caller keeps it
  /// @param records search back
  /// @param function called with the keyword `range`, and `stdin` for the header; must outlive this
  FileBlocks(int fd, const PipeOptions& options, PipeHeader header, std::unique_ptr<RecordScanner> records,
             const Function& function);
  /// Moves the offset of the file behind what was handed out, as reading would.
  ~FileBlocks() override;

  Pull next(Task& task) override;
  [[nodiscard]] const InputError& error() const override { return error_; }

 private:
  [[nodiscard]] bool take_header();
  [[nodiscard]] std::optional<std::uint64_t> end_of_block();
  [[nodiscard]] std::optional<std::uint64_t> last_end_before(std::uint64_t limit);
  [[nodiscard]] std::optional<std::uint64_t> first_end_behind(std::uint64_t from);
  [[nodiscard]] std::string_view look_at(std::uint64_t from, std::uint64_t to);
  Pull fail(const std::string& problem);

  const Function* function_;
  int fd_;
  std::size_t block_;
  PipeHeader header_;
  std::unique_ptr<RecordScanner> records_;
  std::uint64_t at_;
  std::uint64_t end_;
  std::string window_;
  std::optional<std::string> problem_;
  bool failed_ = false;
  InputError error_;
};

}  // namespace prun
