// Text of a page: escaped text, and readable numbers. The name of a task cannot become markup or script.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::report {

/// For HTML and SVG, also within quotes: control characters are shown, bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

/// A JSON string for use within a script element: it contains no `<`.
[[nodiscard]] std::string json_text(std::string_view text);

[[nodiscard]] std::string base64(std::string_view bytes);

/// "530 ns", "12.3 us", "4.20 ms", "53.1 s", "2m 03s", "1h 02m"
[[nodiscard]] std::string duration_text(std::int64_t nanoseconds);
/// The same in words for a sentence: "28 s", "310 ms".
[[nodiscard]] std::string about(std::int64_t nanoseconds);
/// "512 B", "1.5 KiB"
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);
/// "1,000,000"
[[nodiscard]] std::string count_text(std::uint64_t count);

/// `<data value="1234567">1.23 ms</data>`: readable text, and the exact value for programs.
[[nodiscard]] std::string duration_data(std::int64_t nanoseconds);
[[nodiscard]] std::string count_data(std::uint64_t count);
[[nodiscard]] std::string bytes_data(std::uint64_t bytes);

}  // namespace prun::report
