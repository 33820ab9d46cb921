#include "cluster/slurm_job.hpp"

#include "command/program_output.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

namespace prun::cluster {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

constexpr std::chrono::milliseconds patience{5000};
constexpr seconds usual_kill_wait{30};
/// To record outcomes, and to tell them.
constexpr nanoseconds most_margin = seconds(5);

std::optional<std::int64_t> number_at(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end != text.data() ? std::optional(number) : std::nullopt;
}

tl::expected<void, std::string> run(const std::vector<std::string>& words) {
  auto printed = command::program_output(words, patience);
  if (!printed) return tl::unexpected(std::move(printed.error()));
  return {};
}

}  // namespace

std::optional<system_clock::time_point> parse_end(std::string_view text) {
  const auto at = number_at(text);
  return at && *at > 0 ? std::optional(system_clock::time_point(seconds(*at))) : std::nullopt;
}

std::optional<system_clock::time_point> end_of_job(const std::string& job) {
  // Otherwise squeue prints local time without its zone.
  const auto printed =
      command::program_output({"env", "SLURM_TIME_FORMAT=%s", "squeue", "-h", "-j", job, "-o", "%e"}, patience);
  return printed ? parse_end(*printed) : std::nullopt;
}

std::optional<seconds> parse_kill_wait(std::string_view config) {
  const auto line = config.find("KillWait ");
  if (line == std::string_view::npos) return std::nullopt;
  const auto number = config.find_first_of("0123456789\n", line);
  if (number == std::string_view::npos) return std::nullopt;
  const auto value = number_at(config.substr(number));
  return value && *value >= 0 ? std::optional(seconds(*value)) : std::nullopt;
}

seconds kill_wait() {
  const auto printed = command::program_output({"scontrol", "show", "config"}, patience);
  return printed ? parse_kill_wait(*printed).value_or(usual_kill_wait) : usual_kill_wait;
}

nanoseconds time_for_tasks(std::optional<system_clock::time_point> end, seconds kill_wait, nanoseconds grace,
                           system_clock::time_point now) {
  nanoseconds left = end ? nanoseconds(*end - now) : nanoseconds(0);
  // At its end the job gets SIGTERM, and only after the wait SIGKILL.
  if (left < seconds(1)) left = kill_wait;
  const nanoseconds margin = std::min(most_margin, left / 4);
  return std::max(left - margin - grace, nanoseconds(0));
}

tl::expected<void, std::string> requeue_job(const std::string& job) { return run({"scontrol", "requeue", job}); }

tl::expected<void, std::string> cancel_job(const std::string& job) { return run({"scancel", "--quiet", job}); }

}  // namespace prun::cluster
