// The commands of `prun xargs`: items gathered into the arguments of one command as xargs does. It does not know what the command is.
#pragma once

#include "function/function.hpp"
#include "input/commands/xargs_items.hpp"
#include "input/lines/read_buffer.hpp"
#include "input/task_source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace prun {

struct XargsTaskOptions {
  XargsItemOptions items;
  std::uint64_t max_args = 0;      ///< -n; 0: as many as fit
  std::uint64_t max_lines = 0;     ///< -L; 0: as many as fit
  bool replaces = false;           ///< -I: one item for each command
  bool exits_if_too_long = false;  ///< -x
  bool runs_without_items = true;  ///< not -r
  std::size_t max_bytes = 0;       ///< of a command, its fixed words and the NUL after each word too
  std::size_t fixed_bytes = 0;     ///< of the fixed words; of -I, of all words without what an item replaces
  std::size_t uses = 0;            ///< -I: how often an item is in its command
};

class XargsTasks final : public TaskSource {
 public:
  /// @param name of the input, for messages @param function must outlive the source
  XargsTasks(std::string name, std::unique_ptr<ByteSource> bytes, XargsTaskOptions options, const Function& function);

  Pull next(Task& task) override;
  [[nodiscard]] const InputError& error() const override { return error_; }
  [[nodiscard]] int wait_fd() const override { return buffer_.bytes().wait_fd(); }

 private:
  enum class Step : std::uint8_t { go_on, hand_out, failed };

  Step take(XargsItem&& item);
  Step take_item(std::string&& text);
  Step fail(std::string message);
  Pull hand_out(Task& task);
  Pull bad();
  [[nodiscard]] bool is_size_fatal() const noexcept;
  [[nodiscard]] std::size_t size_of(const std::string& item) const noexcept;

  std::string name_;
  ReadBuffer buffer_;
  XargsTaskOptions options_;
  XargsItems items_;
  const Function* function_;
  std::vector<std::string> batch_;
  std::size_t batch_bytes_ = 0;
  std::uint64_t lines_ = 0;
  std::uint64_t handed_out_ = 0;
  std::vector<std::string> waiting_;  ///< an item that did not fit into the batch before
  bool ended_ = false;
  bool failing_ = false;
  InputError error_;
};

}  // namespace prun
