// See format_template.hpp.
#include "output/format_template.hpp"

#include "event/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace prun {

namespace {

constexpr std::size_t widest = 10'000;
constexpr unsigned most_decimals = 9;

// In the order of Field.
constexpr std::array<std::string_view, 15> field_names = {"time",    "index",    "id",     "function", "args",
                                                          "kwargs",  "call",     "result", "error",    "kind",
                                                          "started", "duration", "worker", "attempt",  "host"};

std::optional<Field> field_named(std::string_view name) {
  const auto found = std::find(field_names.begin(), field_names.end(), name);
  if (found == field_names.end()) return std::nullopt;
  return static_cast<Field>(found - field_names.begin());
}

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

std::size_t bytes_of_first_character(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return std::min(end, text.size());
}

std::optional<Align> align_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  switch (text[0]) {
    case '<': return Align::left;
    case '>': return Align::right;
    case '^': return Align::center;
    default: return std::nullopt;
  }
}

class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text) : text_(text) {}

  FormatTemplate parse() {
    while (at_ < text_.size()) step();
    const std::string_view last = segment_.text;
    const bool ended = !last.empty() && (last.back() == '\n' || last.back() == '\0');
    if (!ended) segment_.text += '\n';
    close_segment();
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  [[noreturn]] void fail(std::size_t at, std::string message) const {
    throw TemplateError{std::move(message), count_characters(text_.substr(0, at)) + 1};
  }

  void step() {
    const char c = text_[at_];
    if (c == '\\') return escape();
    if (rest().starts_with("{{") || rest().starts_with("}}")) {
      segment_.text += c;
      at_ += 2;
    } else if (c == '}') {
      fail(at_, "'}' without '{' before it; write }} for a brace");
    } else if (c == '{') {
      placeholder();
    } else {
      segment_.text += c;
      ++at_;
    }
  }

  void escape() {
    constexpr std::string_view letters = "ntr0\\";
    constexpr std::string_view meanings("\n\t\r\0\\", 5);
    const std::size_t letter = at_ + 1 < text_.size() ? letters.find(text_[at_ + 1]) : std::string_view::npos;
    if (letter == std::string_view::npos) {
      fail(at_, R"(unknown escape; \n, \t, \r, \0 and \\ are known)");
    }
    segment_.text += meanings[letter];
    at_ += 2;
  }

  void placeholder() {
    const std::size_t begin = at_++;
    const std::size_t end = text_.find_first_of("{}:", at_);
    if (end == std::string_view::npos || text_[end] == '{') {
      fail(begin, "'{' without '}'; write {{ for a brace");
    }
    const std::string_view name = text_.substr(at_, end - at_);
    const auto field = field_named(name);
    if (!field) {
      fail(at_, fmt::format("unknown field '{}'; the fields are {} (write {{{{ for a brace)", printable(name),
                            fmt::join(field_names, ", ")));
    }
    Placeholder made;
    made.field = *field;
    at_ = end;
    if (text_[at_] == ':') {
      ++at_;
      spec(made);
    }
    if (!rest().starts_with('}')) {
      fail(at_, "expected '}'; after ':' stand [[FILL]ALIGN][0][WIDTH][.PRECISION], ALIGN one of < > ^");
    }
    ++at_;
    segment_.placeholder = std::move(made);
    close_segment();
  }

  void spec(Placeholder& made) {
    const std::size_t fill = rest().empty() ? 0 : bytes_of_first_character(rest());
    if (const auto align = align_of(rest().substr(fill)); fill > 0 && align && rest()[0] != '{' && rest()[0] != '}') {
      made.fill = std::string(rest().substr(0, fill));
      made.align = *align;
      at_ += fill + 1;
    } else if (const auto plain = align_of(rest())) {
      made.align = *plain;
      ++at_;
    }
    if (rest().starts_with('0')) {
      made.zero_fill = made.align == Align::natural;
      ++at_;
    }
    if (const auto width = number(widest)) made.width = *width;
    if (!rest().starts_with('.')) return;
    ++at_;
    const auto precision = number(made.field == Field::duration ? most_decimals : widest);
    if (!precision) fail(at_, "expected a number after '.'");
    made.precision = static_cast<unsigned>(*precision);
    if (made.field == Field::duration && rest().starts_with('f')) ++at_;  // users often write {duration:.3f}
  }

  std::optional<std::size_t> number(std::size_t most) {
    const std::size_t begin = at_;
    std::size_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      value = value * 10 + static_cast<std::size_t>(text_[at_] - '0');
      if (value > most) fail(begin, fmt::format("the number is too large; the maximum is {}", most));
    }
    return at_ == begin ? std::nullopt : std::optional(value);
  }

  void close_segment() { result_.segments.push_back(std::exchange(segment_, Segment{})); }

  std::string_view text_;
  std::size_t at_ = 0;
  Segment segment_;
  FormatTemplate result_;
};

}  // namespace

bool FormatTemplate::shows(Field field) const noexcept {
  return std::any_of(segments.begin(), segments.end(), [field](const Segment& segment) {
    return segment.placeholder && segment.placeholder->field == field;
  });
}

std::string to_string(const TemplateError& error) {
  return fmt::format("--format, column {}: {}", error.column, error.message);
}

tl::expected<FormatTemplate, TemplateError> parse_template(std::string_view text) {
  try {
    return TemplateParser(text).parse();
  } catch (const TemplateError& error) {
    return tl::make_unexpected(error);
  }
}

}  // namespace prun
