// Parses numbers in options: counts, percentages of the CPUs, sizes in bytes. An invalid number throws a UsageError that
// names the option, the text, and the right form. It does not know CLI11.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace prun::app {

/// A time such as `30s`, `500ms`, `2m`, `1h`, `1.5` (seconds). @throws UsageError
[[nodiscard]] std::chrono::nanoseconds parse_duration(std::string_view option, std::string_view text, bool may_be_zero);

/// From -20 to 19. @throws UsageError
[[nodiscard]] int parse_nice(std::string_view option, std::string_view text);

/// The maximum for `--jobs`. A larger number is probably a typing error.
inline constexpr unsigned max_workers = 4096;

/// What `--jobs 0` means, "as many as possible" in GNU parallel. prun starts no more workers than there are tasks.
inline constexpr unsigned as_many_workers = 256;

/// A whole number of 1 or more. @param also what else the option takes, for the message: ", or auto"
[[nodiscard]] std::uint64_t parse_count(std::string_view option, std::string_view text, std::string_view also = {});

/// A whole number of 0 or more.
[[nodiscard]] std::uint64_t parse_seed(std::string_view option, std::string_view text);

/// One character, or an escape: `,`, `\t`, `\0`, `\x1f`.
[[nodiscard]] char parse_character(std::string_view option, std::string_view text);

/// The text with each escape as the character that it means. @throws UsageError
[[nodiscard]] std::string parse_escapes(std::string_view option, std::string_view text);

/// `8`; `50%` of `cpu_budget` (rounded down); `+2` or `-1`: more or fewer than `cpu_budget`; 0:
/// as_many_workers; or a file that holds one of these. Shares and differences are at least 1.
[[nodiscard]] unsigned parse_jobs(std::string_view option, std::string_view text, unsigned cpu_budget);

/// The text is the name of a file, and not one of the other forms.
[[nodiscard]] bool names_jobs_file(std::string_view text);

/// `4096`, `64K`, `16M`, `16MiB`, `2G`: powers of 1024; 1 or more.
[[nodiscard]] std::size_t parse_size(std::string_view option, std::string_view text);

}  // namespace prun::app
