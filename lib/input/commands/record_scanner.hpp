// Where the records of a stream of bytes end. It does not know where the bytes come from, nor how many records go together.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun {

/// A record ends where text that ends with `end` is followed by text that begins with `start`.
struct RecordForm {
  std::string end = "\n";
  std::string start{};
  bool regex = false;       ///< `end` and `start` are regular expressions (RE2)
  std::uint64_t lines = 0;  ///< instead: a record has so many lines
  bool csv = false;         ///< instead: a record ends with a line that ends outside quotes
};

class RecordScanner {
 public:
  /// @return what is wrong with the regular expressions
  [[nodiscard]] static tl::expected<std::unique_ptr<RecordScanner>, std::string> make(const RecordForm& form);

  RecordScanner() = default;
  RecordScanner(const RecordScanner&) = delete;
  RecordScanner& operator=(const RecordScanner&) = delete;
  virtual ~RecordScanner() = default;

  /// Returns the size of the record with which `text` begins; absent: it is not certain that it ends in `text`.
  /// After that, the next call gets the same text again with more behind it, and what was searched is not searched again.
  /// @param at_end nothing follows `text`
  [[nodiscard]] virtual std::optional<std::size_t> record_size(std::string_view text, bool at_end) = 0;

  /// For records whose ends can be found anywhere in a stream.
  [[nodiscard]] virtual bool searches_back() const noexcept { return false; }
  /// Returns the last place in `text`, at most at `limit` and not at 0, where a record ends; npos: none.
  [[nodiscard]] virtual std::size_t last_end(std::string_view text, std::size_t limit) const;
  /// The longest text around an end that must be seen to know it, and the part of it behind the end.
  [[nodiscard]] virtual std::size_t widest_end() const noexcept { return 0; }
  [[nodiscard]] virtual std::size_t look_ahead() const noexcept { return 0; }
  /// The next call gets another text.
  void forget() noexcept { searched_ = 0; }

 protected:
  std::size_t searched_ = 0;  ///< of the record's text
};

}  // namespace prun
