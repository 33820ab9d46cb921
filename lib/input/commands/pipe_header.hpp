// The beginning of a stream that each block of it gets (--header with --pipe). It does not read.
#pragma once

#include "input/commands/pipe_options.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace prun {

class PipeHeader {
 public:
  /// @return what is wrong with the regular expression
  [[nodiscard]] static tl::expected<PipeHeader, std::string> make(const PipeOptions& options);

  /// The header has been found, or there is none.
  [[nodiscard]] bool known() const noexcept { return known_; }
  /// The size of the header with which `text` begins; absent: more text is needed, or there is a `problem`. If the stream ends before
  /// the header has all its lines, there is no header and all is data, as with GNU parallel.
  [[nodiscard]] std::optional<std::size_t> size_in(std::string_view text, bool at_end);
  [[nodiscard]] const std::optional<std::string>& problem() const noexcept { return problem_; }

  void set(std::string_view text) {
    text_ = text;
    known_ = true;
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::uint64_t lines_ = 0;
  std::shared_ptr<const re2::RE2> regex_;
  bool known_ = true;
  std::string text_;
  std::optional<std::string> problem_;
};

}  // namespace prun
