// Splits an input into the texts of its entries, one at a time. It does not know what an entry says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

class EntryReader {
 public:
  enum class Got : std::uint8_t {
    entry,    ///< the text was set; it lasts until the next call
    blocked,  ///< nothing whole yet
    end,      ///< no more
    bad,      ///< what stands here is no entry: see fault(); the next call goes on behind it, or says end
    failed,   ///< the bytes cannot be read any further
  };

  struct Fault {
    std::string message;
    const char* at = nullptr;  ///< in the buffer that is read from
  };

  EntryReader() = default;
  EntryReader(const EntryReader&) = delete;
  EntryReader& operator=(const EntryReader&) = delete;
  virtual ~EntryReader() = default;

  virtual Got next(std::string_view& text) = 0;

  /// After Got::bad.
  [[nodiscard]] virtual const Fault& fault() const = 0;
};

}  // namespace prun
