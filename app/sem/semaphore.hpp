// A counting semaphore between processes of a user: a folder with a file for each place, which its holders have locked. The system
// releases the lock when the last process that has inherited it ends, however it ends.
#pragma once

#include "sys/fd.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace prun::app {

class Semaphore {
 public:
  using Clock = std::chrono::steady_clock;

  /// A place that this process and the programs that it runs hold. It is free when the last of them has ended.
  class Place {
   public:
    /// @param path of the file, which `lock` has locked
    Place(std::string path, sys::Fd lock, sys::Fd release);
    /// Frees the place now, also if other processes have inherited it.
    void give_back();

   private:
    std::string path_;
    sys::Fd lock_;     ///< released first: its number is lower
    sys::Fd release_;  ///< open for writing; that it is closed wakes those who wait
  };

  /// @throws std::system_error if the folder cannot be made
  explicit Semaphore(const std::string& id);

  /// Waits for one of `places`. @return absent: the time is over
  [[nodiscard]] std::optional<Place> take(unsigned places, std::optional<Clock::time_point> until);
  /// Waits until each place is free.
  void wait_until_unused() const;

 private:
  [[nodiscard]] std::optional<Place> try_place(unsigned number) const;
  [[nodiscard]] std::string file_of(unsigned number) const;

  std::string folder_;
};

}  // namespace prun::app
