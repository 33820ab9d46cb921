// Words to rows.
#include "input/commands/word_rows.hpp"

#include "input/text_error.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace prun {
namespace {

/// `1..2 copy.txt` is a file name, but `1...9` is a typing error.
bool can_only_be_range(std::string_view word) {
  return word.find_first_not_of("0123456789+-.") == std::string_view::npos;
}

}  // namespace

RowsOrError WordRows::open(const std::vector<std::string>& words, std::size_t literal_from) {
  auto rows = std::make_unique<WordRows>();
  for (std::size_t i = 0; i < words.size(); ++i) {
    Part part{words[i], std::nullopt};
    if (i < literal_from && looks_like_range(words[i])) {
      const auto range = parse_range(words[i]);
      if (!range && can_only_be_range(words[i])) {
        return tl::unexpected(
            InputError{fmt::format("input '{}': {}", printable_line(words[i]), range.error().message)});
      }
      if (range) part.range = *range;
    }
    rows->parts_.push_back(std::move(part));
  }
  return rows;
}

Pull WordRows::next(InputRow& row) {
  if (part_ == parts_.size()) return Pull::end;
  const Part& part = parts_[part_];
  row.assign(1, part.range ? std::string() : part.word);
  if (part.range) part.range->append_text(at_, row.front());
  if (++at_ == part.size()) {
    ++part_;
    at_ = 0;
  }
  return Pull::task;
}

std::optional<std::uint64_t> WordRows::remaining() const {
  std::uint64_t sum = 0;
  for (std::size_t i = part_; i < parts_.size(); ++i) {
    const std::uint64_t size = parts_[i].size() - (i == part_ ? at_ : 0);
    sum = size > UINT64_MAX - sum ? UINT64_MAX : sum + size;
  }
  return sum;
}

}  // namespace prun
