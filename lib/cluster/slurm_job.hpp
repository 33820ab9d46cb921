// What Slurm's commands say of a job, and what they can do with it. Each call runs such a command and waits for it, a few seconds at
// most.
#pragma once

#include <tl/expected.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace prun::cluster {

/// When Slurm will end the job: its time limit, or the end of a preempted job's time. Absent: there is none, or it is not known.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> end_of_job(const std::string& job);
/// What squeue prints for that; seconds since 1970.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> parse_end(std::string_view text);

/// The time between SIGTERM and SIGKILL at the end of a job (KillWait).
[[nodiscard]] std::chrono::seconds kill_wait();
/// The same from what `scontrol show config` prints. Absent: it is not there.
[[nodiscard]] std::optional<std::chrono::seconds> parse_kill_wait(std::string_view config);

/// For how long the tasks of a job may go on, so that there is time to stop them and to record what they did.
/// @param grace that programs have to exit
[[nodiscard]] std::chrono::nanoseconds time_for_tasks(std::optional<std::chrono::system_clock::time_point> end,
                                                      std::chrono::seconds kill_wait, std::chrono::nanoseconds grace,
                                                      std::chrono::system_clock::time_point now);

/// Puts the job back into the queue. It ends this process soon. @return why not
[[nodiscard]] tl::expected<void, std::string> requeue_job(const std::string& job);
[[nodiscard]] tl::expected<void, std::string> cancel_job(const std::string& job);

}  // namespace prun::cluster
