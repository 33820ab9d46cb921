// Counts the words of a C type, because their order is free in C.
#include "native/c_type.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace prun::native {
namespace {

template <class T>
constexpr CType integer_type() noexcept {
  constexpr bool is_signed = std::is_signed_v<T>;
  switch (sizeof(T)) {
    case 1: return is_signed ? CType::int8 : CType::uint8;
    case 2: return is_signed ? CType::int16 : CType::uint16;
    case 4: return is_signed ? CType::int32 : CType::uint32;
    default: return is_signed ? CType::int64 : CType::uint64;
  }
}

/// Type names that are a single word.
constexpr std::array<std::pair<std::string_view, CType>, 25> single_words{{
    {"void", CType::nothing},
    {"bool", CType::boolean},
    {"_Bool", CType::boolean},
    {"float", CType::float32},
    {"int8_t", CType::int8},
    {"uint8_t", CType::uint8},
    {"int16_t", CType::int16},
    {"uint16_t", CType::uint16},
    {"int32_t", CType::int32},
    {"uint32_t", CType::uint32},
    {"int64_t", CType::int64},
    {"uint64_t", CType::uint64},
    {"size_t", integer_type<std::size_t>()},
    {"ssize_t", integer_type<std::make_signed_t<std::size_t>>()},
    {"ptrdiff_t", integer_type<std::ptrdiff_t>()},
    {"intptr_t", integer_type<std::intptr_t>()},
    {"uintptr_t", integer_type<std::uintptr_t>()},
    {"intmax_t", integer_type<std::intmax_t>()},
    {"uintmax_t", integer_type<std::uintmax_t>()},
    {"wchar_t", integer_type<wchar_t>()},
    {"pid_t", CType::int32},
    {"uid_t", CType::uint32},
    {"gid_t", CType::uint32},
    {"off_t", integer_type<long>()},
    {"time_t", integer_type<long>()},
}};

constexpr std::array<std::string_view, 8> joined_words{"unsigned", "signed", "long",   "short",
                                                       "int",      "char",   "double", "const"};

CType with_sign(CType is_signed, CType is_unsigned, bool no_sign) noexcept { return no_sign ? is_unsigned : is_signed; }

/// The type for words that can be combined, given how often each occurs.
std::optional<CType> joined_type(std::size_t unsigneds, std::size_t signeds, std::size_t longs, std::size_t shorts,
                                 std::size_t ints, std::size_t chars, std::size_t doubles) noexcept {
  const std::size_t signs = unsigneds + signeds;
  const bool no_sign = unsigneds == 1;
  if (signs > 1 || ints > 1 || chars > 1 || doubles > 1 || shorts > 1 || longs > 2) return std::nullopt;
  if (doubles == 1) {
    if (signs + shorts + ints + chars > 0 || longs > 1) return std::nullopt;
    return longs == 1 ? CType::long_double : CType::float64;
  }
  if (chars == 1) {
    if (longs + shorts + ints > 0) return std::nullopt;
    if (signs == 0) return integer_type<char>();
    return with_sign(CType::int8, CType::uint8, no_sign);
  }
  if (shorts == 1) {
    if (longs > 0) return std::nullopt;
    return with_sign(integer_type<short>(), integer_type<unsigned short>(), no_sign);
  }
  if (longs == 2) return with_sign(integer_type<long long>(), integer_type<unsigned long long>(), no_sign);
  if (longs == 1) return with_sign(integer_type<long>(), integer_type<unsigned long>(), no_sign);
  if (ints + signs == 0) return std::nullopt;
  return with_sign(integer_type<int>(), integer_type<unsigned>(), no_sign);
}

}  // namespace

std::optional<CType> c_type_named(std::span<const std::string_view> words) noexcept {
  if (words.size() == 1) {
    for (const auto& [name, type] : single_words) {
      if (name == words[0]) return type;
    }
  }
  const auto count = [&](std::string_view word) {
    return static_cast<std::size_t>(std::count(words.begin(), words.end(), word));
  };
  std::size_t known = 0;
  for (const std::string_view word : joined_words) known += word == "const" ? 0 : count(word);
  if (known != words.size() || words.empty()) return std::nullopt;
  return joined_type(count("unsigned"), count("signed"), count("long"), count("short"), count("int"), count("char"),
                     count("double"));
}

bool is_type_word(std::string_view word) noexcept {
  return std::find(joined_words.begin(), joined_words.end(), word) != joined_words.end() ||
         std::any_of(single_words.begin(), single_words.end(),
                     [&](const auto& single) { return single.first == word; });
}

const char* name_of(CType type) noexcept {
  constexpr std::array names{"void",     "bool",    "int8_t",   "uint8_t", "int16_t", "uint16_t",    "int32_t",
                             "uint32_t", "int64_t", "uint64_t", "float",   "double",  "long double", "char*"};
  return names[static_cast<std::size_t>(type)];
}

ParameterType parameter_type(CType type) noexcept {
  switch (type) {
    case CType::boolean: return ParameterType::boolean;
    case CType::float32:
    case CType::float64:
    case CType::long_double: return ParameterType::number;
    case CType::text: return ParameterType::string;
    case CType::nothing: return ParameterType::any;
    default: return ParameterType::integer;
  }
}

}  // namespace prun::native
