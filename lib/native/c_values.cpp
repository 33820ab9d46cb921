// See c_values.hpp.
#include "native/c_values.hpp"

#include "function/excerpt.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace prun::native {
namespace {

template <class T>
struct As {
  using Type = T;
};

/// Calls `use` with the C++ type of an integer type.
template <class Use>
auto with_integer(CType type, Use&& use) {
  switch (type) {
    case CType::int8: return use(As<std::int8_t>{});
    case CType::uint8: return use(As<std::uint8_t>{});
    case CType::int16: return use(As<std::int16_t>{});
    case CType::uint16: return use(As<std::uint16_t>{});
    case CType::int32: return use(As<std::int32_t>{});
    case CType::uint32: return use(As<std::uint32_t>{});
    case CType::uint64: return use(As<std::uint64_t>{});
    default: return use(As<std::int64_t>{});
  }
}

[[noreturn]] void throw_misfit(const CParameter& parameter, std::string_view value, std::string_view range) {
  throw ArgumentError(
      fmt::format("{} = {} does not fit {}{}", parameter.name, excerpt(value), name_of(parameter.type), range));
}

}  // namespace

CArgumentReader::CArgumentReader(std::string_view args, std::size_t count) : reader_(args), room_(args.size() + count) {
  if (reader_.array() != count) throw ArgumentError("the number of arguments does not match the function");
}

template <class T>
T CArgumentReader::integer(const CParameter& parameter, std::string_view value) {
  if (reader_.peek() == wire::Kind::unsigned_integer) {
    const std::uint64_t v = reader_.unsigned_integer();
    if (std::in_range<T>(v)) return static_cast<T>(v);
  } else {
    const std::int64_t v = reader_.integer();
    if (std::in_range<T>(v)) return static_cast<T>(v);
  }
  throw_misfit(parameter, value,
               fmt::format(" ({} to {})", std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

void CArgumentReader::read(const CParameter& parameter, Slot& slot) {
  const std::string_view value = reader_.rest();
  switch (parameter.type) {
    case CType::nothing: break;
    case CType::boolean: return slot.put(static_cast<std::uint8_t>(reader_.boolean()));
    case CType::float32: return read_float(parameter, slot);
    case CType::float64: return slot.put(static_cast<double>(number()));
    case CType::long_double: return slot.put(number());
    case CType::text: return read_text(parameter, slot);
    default:
      return with_integer(parameter.type, [&](auto as) {
        using T = typename decltype(as)::Type;
        slot.put(integer<T>(parameter, value));
      });
  }
}

long double CArgumentReader::number() {
  switch (reader_.peek()) {
    case wire::Kind::integer: return static_cast<long double>(reader_.integer());
    case wire::Kind::unsigned_integer: return static_cast<long double>(reader_.unsigned_integer());
    default: return reader_.floating();
  }
}

void CArgumentReader::read_float(const CParameter& parameter, Slot& slot) {
  const std::string_view value = reader_.rest();
  const auto wide = static_cast<double>(number());
  const auto narrow = static_cast<float>(wide);
  if (std::isfinite(wide) && !std::isfinite(narrow)) throw_misfit(parameter, value, "");
  slot.put(narrow);
}

void CArgumentReader::read_text(const CParameter& parameter, Slot& slot) {
  const std::string_view text = reader_.string();
  if (text.find('\0') != std::string_view::npos) {
    throw ArgumentError(fmt::format("{} has a NUL character, where a char* would end", parameter.name));
  }
  if (texts_.capacity() < room_) texts_.reserve(room_);  // reserved once, because slots point into it
  const std::size_t start = texts_.size();
  texts_.append(text).push_back('\0');
  slot.put(texts_.data() + start);
}

void write_result(CType type, const CResult& result, wire::ValueWriter& writer) {
  switch (type) {
    case CType::nothing: return writer.null();
    case CType::boolean: return writer.boolean((result.word & 0xff) != 0);
    case CType::float32: return writer.floating(static_cast<double>(result.float32));
    case CType::float64: return writer.floating(result.float64);
    case CType::long_double: return writer.floating(static_cast<double>(result.long_double));
    case CType::text: return result.text == nullptr ? writer.null() : writer.string(result.text);
    case CType::int64: return writer.integer(static_cast<std::int64_t>(result.integer));
    case CType::uint64: return writer.unsigned_integer(result.integer);
    default:
      return with_integer(type, [&](auto as) {
        using T = typename decltype(as)::Type;
        const auto narrow = static_cast<T>(result.word);
        if constexpr (std::is_signed_v<T>) {
          writer.integer(narrow);
        } else {
          writer.unsigned_integer(narrow);
        }
      });
  }
}

}  // namespace prun::native
