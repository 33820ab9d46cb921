// Values to C arguments, and C results to values. It does not know how a function is called.
#pragma once

#include "native/c_signature.hpp"
#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace prun::native {

/// One argument as C has it, at the front of these bytes.
struct Slot {
  alignas(std::max_align_t) std::byte bytes[sizeof(long double)];

  template <class T>
  void put(T value) noexcept {
    std::memcpy(bytes, &value, sizeof value);
  }
};

/// Reads a call's arguments into slots. Their kinds have been checked by bind(). Strings live as long as this.
class CArgumentReader {
 public:
  /// @throws ArgumentError where `args` are not `count` arguments
  CArgumentReader(std::string_view args, std::size_t count);

  /// The next argument. @throws ArgumentError where it does not fit the parameter's type
  void read(const CParameter& parameter, Slot& slot);

 private:
  template <class T>
  T integer(const CParameter& parameter, std::string_view value);
  long double number();
  void read_float(const CParameter& parameter, Slot& slot);
  void read_text(const CParameter& parameter, Slot& slot);

  wire::ValueReader reader_;
  std::size_t room_;   // the most bytes that strings can take
  std::string texts_;  // copies that end with NUL
};

/// A result as libffi leaves it: an integer that is narrower than `word` fills it.
union CResult {
  std::uintptr_t word;
  std::uint64_t integer;
  float float32;
  double float64;
  long double long_double;
  const char* text;
};

/// A string is read, never freed; a null pointer is null.
void write_result(CType type, const CResult& result, wire::ValueWriter& writer);

}  // namespace prun::native
