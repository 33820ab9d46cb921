// Converts values to C arguments, and C results to values. It does not know how a function is called.
#pragma once

#include "native/c_signature.hpp"
#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace prun::native {

/// One argument in its C representation, at the start of these bytes.
struct Slot {
  alignas(std::max_align_t) std::byte bytes[sizeof(long double)];

  template <class T>
  void put(T value) noexcept {
    std::memcpy(bytes, &value, sizeof value);
  }
};

/// Reads the arguments of a call into slots. bind() has checked their kinds. Strings are valid as long as this object.
class CArgumentReader {
 public:
  /// @throws ArgumentError if `args` does not have `count` elements
  CArgumentReader(std::string_view args, std::size_t count);

  /// Reads the next argument. @throws ArgumentError if it does not fit the parameter's type
  void read(const CParameter& parameter, Slot& slot);

 private:
  template <class T>
  T integer(const CParameter& parameter, std::string_view value);
  long double number();
  void read_float(const CParameter& parameter, Slot& slot);
  void read_text(const CParameter& parameter, Slot& slot);

  wire::ValueReader reader_;
  std::size_t room_;   // the maximum number of bytes that the strings need
  std::string texts_;  // copies that end with NUL
};

/// A result as libffi returns it: an integer narrower than `word` is widened to it.
union CResult {
  std::uintptr_t word;
  std::uint64_t integer;
  float float32;
  double float64;
  long double long_double;
  const char* text;
};

/// A string is copied and not freed. A null pointer becomes null.
void write_result(CType type, const CResult& result, wire::ValueWriter& writer);

}  // namespace prun::native
