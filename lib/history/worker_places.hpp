// Which place in the pool a worker has: attempts name workers by their process, but a worker that dies is replaced by another
// process in its place.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace prun::history {

/// A process or thread that has worked in the run. Times are nanoseconds from the run's start.
struct WorkerLife {
  std::uint32_t worker = 0;  ///< its place in the pool
  std::int32_t pid = 0;
  std::int64_t started = 0;
  std::optional<std::int64_t> ended;
  std::int32_t status = 0;  ///< as waitpid(2) gives it, once it has ended
};

class WorkerPlaces {
 public:
  void started(std::uint32_t worker, std::int32_t pid, std::int64_t time);
  void ended(std::uint32_t worker, std::int32_t pid, std::int64_t time, std::int32_t status);

  /// The place of that process. A process that nobody has told of gets the place of one whose number was not known, or a new one.
  [[nodiscard]] std::uint32_t place_of(std::int32_t pid) {
    const Recent& recent = recent_[static_cast<std::uint32_t>(pid) % recent_.size()];
    return recent.pid == pid ? recent.place : look_up(pid);
  }

  /// In the order in which they started. Those beyond the first 100000 are not kept.
  [[nodiscard]] const std::vector<WorkerLife>& lives() const noexcept { return lives_; }
  /// One more than the highest place.
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

 private:
  [[nodiscard]] std::uint32_t look_up(std::int32_t pid);

  struct Here {
    std::uint32_t worker = 0;
    std::optional<std::size_t> life;  ///< its place in lives_
  };
  std::unordered_map<std::int32_t, Here> here_;  ///< by process
  std::vector<Here> unknown_;                    ///< those whose process is not known yet
  std::vector<WorkerLife> lives_;
  std::uint32_t count_ = 0;
  /// Those that were looked up last: results of workers come mixed.
  struct Recent {
    std::int32_t pid = -1;
    std::uint32_t place = 0;
  };
  std::array<Recent, 64> recent_;
};

}  // namespace prun::history
