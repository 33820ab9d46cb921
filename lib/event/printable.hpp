// Makes foreign text safe for one line of a terminal or a log. It removes control characters, terminal escapes, line breaks
// and invalid UTF-8. It does not know values or JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace prun {

/// Appends `text`. Control characters become `\n`, `\t`, `\r`, `\x1b`, `\u009b`, and so do characters that reverse the
/// direction of writing. Bytes that are not UTF-8 become U+FFFD. A backslash is not escaped: the output is for people and is
/// not read back.
void append_printable(std::string& out, std::string_view text);

[[nodiscard]] std::string printable(std::string_view text);

/// The same, applied to `out` from `from` on.
void make_printable(std::string& out, std::size_t from);

/// A message for standard error: `prun: `, the printable text, and a newline. A line break is kept only before an indented
/// line, such as the excerpt below a message, so foreign text cannot begin a line. The middle of a huge line is omitted. Every message
/// goes through this function.
[[nodiscard]] std::string message_line(std::string_view text);

/// The longest prefix of `text` of at most `max_bytes` that does not cut a UTF-8 character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

/// Number of characters (code points) of `text`, which counts as its width.
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

}  // namespace prun
