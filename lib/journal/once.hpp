// --once: a task that has succeeded before is not run again if what it runs and the files that it reads are unchanged and the files
// that it writes exist. This part decides that for each task of the input, from the records of earlier runs, and collects what is to
// be recorded of tasks that run. It does not know commands: what a task runs, reads and writes is told by functions.
#pragma once

#include "journal/file_state.hpp"
#include "journal/sqlite.hpp"
#include "task/task.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace prun::journal {

struct OnceOptions {
  /// What identifies the code that the function runs; empty: unknown.
  std::function<std::string(const Function&)> code_of;
  /// The names of the files that the task reads, or writes. The place is that in the input.
  using Names = std::function<std::vector<std::string>(const Task& task, std::uint64_t place)>;
  Names reads;
  Names writes;
  /// Hears of each task why it runs; an empty reason: it does not. May be empty.
  std::function<void(std::uint64_t place, const Task& task, const std::string& reason)> why;
  /// Hear of the first input that does not exist, and of the first output that a successful task has not made. May be empty.
  std::function<void(std::uint64_t place, const std::string& file)> missing_input;
  std::function<void(std::uint64_t place, const std::string& file)> missing_output;
};

/// What is recorded of a task that has succeeded.
struct MadeTask {
  std::uint64_t task = 0;
  std::string code;
  std::vector<FileState> inputs;
};

class Once {
 public:
  Once(OnceOptions options, Database& database);

  /// Decides for the task at this place of the input.
  /// @param number of the recorded task; absent: it is not recorded @param made_by the run that made its value; 0: it has none
  /// @return true: it is not to run
  bool is_done(std::uint64_t place, const Task& task, std::optional<std::uint64_t> number, std::uint32_t made_by);

  /// What is to be recorded of a task that has run and succeeded; absent: one of its inputs is not what it was before.
  [[nodiscard]] std::optional<MadeTask> made(std::uint64_t place, const Function& function, std::uint64_t number);

 private:
  struct Input {
    std::string name;
    std::uint64_t size = 0;
    std::int64_t modified = 0;
    std::string hash;
  };
  /// Counts as long as the value of the task is of its run: no later run has made it again without a record.
  struct Record {
    std::uint32_t run = 0;   ///< 0: there is no record
    std::uint32_t code = 0;  ///< in `codes_`
    std::uint32_t inputs = 0;
    std::size_t first_input = 0;  ///< in `inputs_`
  };
  /// A task that is to run.
  struct Pending {
    std::uint32_t code = 0;
    std::vector<FileState> inputs;
    bool complete = true;                ///< all inputs exist
    std::vector<std::string> outputs{};  ///< to look for; empty once one was missing
  };

  [[nodiscard]] std::uint32_t number_of(const std::string& code);
  [[nodiscard]] std::uint32_t code_of(const Function& function);
  [[nodiscard]] std::string missing_input(std::uint64_t place);
  [[nodiscard]] std::string reason_to_run(std::uint32_t code, const Record& record) const;
  [[nodiscard]] std::string missing_output(const Task& task, std::uint64_t place) const;
  void note_pending(std::uint32_t code, const Task& task, std::uint64_t place);
  void look_for_outputs(const std::vector<std::string>& outputs, std::uint64_t place);

  OnceOptions options_;
  std::vector<std::string> codes_;
  std::unordered_map<std::string, std::uint32_t> code_numbers_;
  std::unordered_map<const Function*, std::uint32_t> functions_;
  std::vector<Record> records_;  ///< by number of the task
  std::vector<Input> inputs_;
  std::unordered_map<std::uint64_t, Pending> pending_;  ///< by place
  std::vector<std::string> names_;                      ///< of the inputs of the task that is looked at
  std::vector<std::optional<FileState>> states_;        ///< of these
};

}  // namespace prun::journal
