// See record_scanner.hpp.
#include "input/commands/record_scanner.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

namespace prun {
namespace {

constexpr auto npos = std::string_view::npos;

/// Records that end with a text, or begin with one.
class TextScanner final : public RecordScanner {
 public:
  TextScanner(const std::string& end, const std::string& start) : mark_(end + start), end_size_(end.size()) {}

  std::optional<std::size_t> record_size(std::string_view text, bool) override {
    // A record is not empty.
    const std::size_t at = text.find(mark_, std::max<std::size_t>(searched_, end_size_ == 0 ? 1 : 0));
    if (at != npos) {
      searched_ = 0;
      return at + end_size_;
    }
    searched_ = text.size() - std::min(text.size(), mark_.size() - 1);
    return std::nullopt;
  }
  [[nodiscard]] bool searches_back() const noexcept override { return true; }
  [[nodiscard]] std::size_t widest_end() const noexcept override { return mark_.size(); }
  [[nodiscard]] std::size_t look_ahead() const noexcept override { return mark_.size() - end_size_; }
  [[nodiscard]] std::size_t last_end(std::string_view text, std::size_t limit) const override {
    if (limit < end_size_) return npos;
    const std::size_t at = text.rfind(mark_, limit - end_size_);
    return at == npos || at + end_size_ == 0 ? npos : at + end_size_;
  }

 private:
  std::string mark_;
  std::size_t end_size_;
};

/// Records of one byte: the stream may be cut anywhere.
class ByteScanner final : public RecordScanner {
 public:
  std::optional<std::size_t> record_size(std::string_view text, bool) override {
    return text.empty() ? std::nullopt : std::optional<std::size_t>(1);
  }
  [[nodiscard]] bool searches_back() const noexcept override { return true; }
  [[nodiscard]] std::size_t last_end(std::string_view text, std::size_t limit) const override {
    return std::min(text.size(), limit);
  }
};

/// Records that end or begin with what a regular expression matches.
class RegexScanner final : public RecordScanner {
 public:
  RegexScanner(const RecordForm& form, const RE2::Options& options)
      : end_(form.end, options),
        start_(form.start, options),
        both_('(' + form.end + ")(?:" + form.start + ')', options) {}

  [[nodiscard]] std::string problem() const {
    if (!end_.ok()) return "--recend: " + end_.error();
    return start_.ok() ? "" : "--recstart: " + start_.error();
  }

  std::optional<std::size_t> record_size(std::string_view text, bool at_end) override {
    const re2::StringPiece piece(text.data(), text.size());
    std::array<re2::StringPiece, 2> found;
    for (std::size_t from = searched_; from < text.size();) {
      if (!both_.Match(piece, from, text.size(), RE2::UNANCHORED, found.data(), 2)) break;
      const auto ends_at = static_cast<std::size_t>(found[1].data() - text.data()) + found[1].size();
      const auto seen_to = static_cast<std::size_t>(found[0].data() - text.data()) + found[0].size();
      if (ends_at == 0) {
        from = 1;
        continue;
      }
      if (seen_to == text.size() && !at_end) break;  // with more text it may match more
      searched_ = 0;
      return ends_at;
    }
    searched_ = text.size() - std::min(text.size(), longest_match);
    return std::nullopt;
  }

 private:
  static constexpr std::size_t longest_match = std::size_t{64} << 10;

  RE2 end_;
  RE2 start_;
  RE2 both_;
};

/// Records of several lines.
class LineScanner final : public RecordScanner {
 public:
  explicit LineScanner(std::uint64_t lines) : lines_(lines) {}

  std::optional<std::size_t> record_size(std::string_view text, bool) override {
    for (std::size_t at = text.find('\n', searched_); at != npos; at = text.find('\n', searched_)) {
      searched_ = at + 1;
      if (++seen_ < lines_) continue;
      seen_ = 0;
      return std::exchange(searched_, 0);
    }
    searched_ = text.size();
    return std::nullopt;
  }

 private:
  std::uint64_t lines_;
  std::uint64_t seen_ = 0;
};

/// Records of comma-separated values: in quotes, the end of a line belongs to a field.
class CsvScanner final : public RecordScanner {
 public:
  std::optional<std::size_t> record_size(std::string_view text, bool) override {
    for (std::size_t at = text.find_first_of("\"\n", searched_); at != npos;
         at = text.find_first_of("\"\n", searched_)) {
      searched_ = at + 1;
      if (text[at] == '"') {
        in_quotes_ = !in_quotes_;
      } else if (!in_quotes_) {
        return std::exchange(searched_, 0);
      }
    }
    searched_ = text.size();
    return std::nullopt;
  }

 private:
  bool in_quotes_ = false;
};

}  // namespace

std::size_t RecordScanner::last_end(std::string_view, std::size_t) const { return npos; }

tl::expected<std::unique_ptr<RecordScanner>, std::string> RecordScanner::make(const RecordForm& form) {
  if (form.csv) return std::make_unique<CsvScanner>();
  if (form.lines != 0) return std::make_unique<LineScanner>(form.lines);
  if (form.end.empty() && form.start.empty()) return std::make_unique<ByteScanner>();
  if (!form.regex) return std::make_unique<TextScanner>(form.end, form.start);
  RE2::Options options;
  options.set_log_errors(false);
  auto scanner = std::make_unique<RegexScanner>(form, options);
  if (std::string problem = scanner->problem(); !problem.empty()) return tl::unexpected(std::move(problem));
  return scanner;
}

}  // namespace prun
