// See pipe_header.hpp.
#include "input/commands/pipe_header.hpp"

#include <re2/re2.h>

namespace prun {
namespace {

constexpr std::size_t longest_header = std::size_t{16} << 20;

}  // namespace

tl::expected<PipeHeader, std::string> PipeHeader::make(const PipeOptions& options) {
  PipeHeader header;
  header.lines_ = options.header_lines;
  header.known_ = options.header_lines == 0 && options.header_regex.empty();
  if (options.header_regex.empty()) return header;
  RE2::Options quiet;
  quiet.set_log_errors(false);
  auto regex = std::make_shared<RE2>(options.header_regex, quiet);
  if (!regex->ok()) return tl::unexpected("--header: " + regex->error());
  header.regex_ = std::move(regex);
  return header;
}

std::optional<std::size_t> PipeHeader::size_in(std::string_view text, bool at_end) {
  if (regex_ == nullptr) {
    std::size_t size = 0;
    for (std::uint64_t line = 0; line < lines_; ++line) {
      const std::size_t newline = text.find('\n', size);
      if (newline == std::string_view::npos) return at_end ? std::optional<std::size_t>(0) : std::nullopt;
      size = newline + 1;
    }
    return size;
  }
  const re2::StringPiece piece(text.data(), text.size());
  re2::StringPiece found;
  const bool matches = regex_->Match(piece, 0, text.size(), RE2::ANCHOR_START, &found, 1);
  if (matches && (found.size() < text.size() || at_end)) return found.size();
  if (at_end || text.size() > longest_header)
    problem_ = "the beginning does not match the regular expression of --header";
  return std::nullopt;
}

}  // namespace prun
