// `--joblog FILE`: one line for each task as it ends, with the columns of GNU parallel's job log. It observes the run's events and
// knows no other part.
#pragma once

#include "event/run_part.hpp"
#include "sys/fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace prun {

class JobLog final : public RunPart {
 public:
  /// Empties the file, or creates it. @param appends keep what the file has @throws std::system_error
  explicit JobLog(const std::string& path, bool appends = false);

  [[nodiscard]] Wants wants() const noexcept override { return Wants::tasks | Wants::outcomes | Wants::times; }
  void on_event(const RunEvent& event) override;

 private:
  void on(const TaskRead& read);
  void on(const AttemptEnded& attempt);
  /// @throws std::system_error
  void write(std::string_view line) const;

  std::string path_;
  sys::Fd file_;
  std::unordered_map<std::uint64_t, std::uint64_t> sent_;  ///< bytes of standard input, of tasks that have any
};

}  // namespace prun
