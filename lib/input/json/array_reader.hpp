// The elements of one JSON array that is the whole input, each as text, for an array of any length. It does not interpret
// elements.
#pragma once

#include "input/json/element_scanner.hpp"
#include "input/lines/entry_reader.hpp"
#include "input/lines/read_buffer.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

/// After an error between elements (a missing or extra comma) it continues with the next element. After an error that hides
/// the end of the element (a wrong bracket, an unterminated string) it reports the end.
class ArrayReader final : public EntryReader {
 public:
  /// @param buffer is positioned before the '['; it must outlive the reader
  explicit ArrayReader(ReadBuffer& buffer) : buffer_(&buffer) {}

  Got next(std::string_view& text) override;
  [[nodiscard]] const Fault& fault() const override { return fault_; }

 private:
  enum class State : std::uint8_t {
    before_array,
    first,           // after '[': an element or ']'
    element,         // after ',': an element
    within_element,  // part of it is in the buffer
    behind_element,  // ',' or ']'
    behind_array,    // nothing more
    done,
  };

  enum class Step : std::uint8_t { again, more, entry, bad, end };

  Step advance(std::string_view& text);
  Step between_elements(char c);
  Step element(std::string_view& text);
  Step take(State next);
  Step bad(std::string message, State next);
  Got at_input_end();

  ReadBuffer* buffer_;
  State state_ = State::before_array;
  ElementScanner scanner_;
  bool at_end_ = false;
  Fault fault_;
};

}  // namespace prun
