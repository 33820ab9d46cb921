// The C++ types that functions can have as arguments and results, and how each is read from and written to the bytes of a
// value, without a tree. It does not know functions.
//
// To add a type, specialize ValueCodec with `type`, `describe()`, `read()` and `write()`.
#pragma once

#include "function/function.hpp"
#include "wire/value.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace prun {

/// Any value, unchanged. As an argument it is a view that is valid during the call.
struct AnyValue {
  std::string_view bytes;
};

template <class T>
struct ValueCodec;

template <class T>
concept Encodable = requires(wire::ValueReader& reader, wire::ValueWriter& writer, const T& v) {
  { ValueCodec<T>::read(reader) } -> std::convertible_to<T>;
  ValueCodec<T>::write(writer, v);
  { ValueCodec<T>::describe() } -> std::convertible_to<std::string>;
};

namespace detail {

/// The messages begin after the name of the faulty place: " must be an integer, got a string". The caller that knows the
/// place adds it.
[[noreturn]] void throw_mismatch(std::string_view wanted, const wire::ValueReader& reader);
[[noreturn]] void throw_misfit(const wire::ValueReader& reader, std::size_t width, bool is_signed);

/// Calls `read`, and puts `place` before the message of its exception.
template <class Read>
auto at_place(Read&& read, auto&& place) {
  try {
    return read();
  } catch (const ArgumentError& error) {
    throw ArgumentError(place() + error.what());
  }
}

template <class T>
T read_element(wire::ValueReader& reader, std::size_t index) {
  return at_place([&] { return ValueCodec<T>::read(reader); }, [&] { return fmt::format("[{}]", index); });
}

inline std::uint32_t array_size(wire::ValueReader& reader) {
  if (reader.peek() != wire::Kind::array) throw_mismatch("an array", reader);
  return reader.array();
}

/// Arrays of fixed length: tuples and pairs.
template <class Tuple, class... T>
struct TupleCodec {
  static constexpr ParameterType type = ParameterType::array;

  static std::string describe() {
    std::string text;
    ((text += (text.empty() ? "" : ", ") + ValueCodec<T>::describe()), ...);
    return '[' + text + ']';
  }

  static Tuple read(wire::ValueReader& reader) {
    const wire::ValueReader start = reader;
    if (array_size(reader) != sizeof...(T)) throw_mismatch(fmt::format("an array of {}", sizeof...(T)), start);
    return read_elements(reader, std::index_sequence_for<T...>{});
  }

  static void write(wire::ValueWriter& writer, const Tuple& v) {
    writer.array(sizeof...(T));
    std::apply([&](const T&... element) { (ValueCodec<T>::write(writer, element), ...); }, v);
  }

 private:
  template <std::size_t... I>
  static Tuple read_elements(wire::ValueReader& reader, std::index_sequence<I...>) {
    return Tuple{read_element<T>(reader, I)...};  // braces evaluate from left to right
  }
};

}  // namespace detail

template <>
struct ValueCodec<AnyValue> {
  static constexpr ParameterType type = ParameterType::any;
  static std::string describe() { return "any"; }
  static AnyValue read(wire::ValueReader& reader) { return {reader.skip()}; }
  static void write(wire::ValueWriter& writer, AnyValue v) { writer.raw(v.bytes); }
};

template <>
struct ValueCodec<bool> {
  static constexpr ParameterType type = ParameterType::boolean;
  static std::string describe() { return "boolean"; }
  static bool read(wire::ValueReader& reader) {
    if (reader.peek() != wire::Kind::boolean) detail::throw_mismatch("a boolean", reader);
    return reader.boolean();
  }
  static void write(wire::ValueWriter& writer, bool v) { writer.boolean(v); }
};

template <std::integral T>
requires(!std::same_as<T, bool>) struct ValueCodec<T> {
  static constexpr ParameterType type = ParameterType::integer;
  static std::string describe() { return "integer"; }
  static T read(wire::ValueReader& reader) {
    const wire::Kind kind = reader.peek();
    if (kind == wire::Kind::integer) {
      const wire::ValueReader start = reader;
      const std::int64_t v = reader.integer();
      if (std::in_range<T>(v)) return static_cast<T>(v);
      detail::throw_misfit(start, sizeof(T), std::is_signed_v<T>);
    }
    if (kind != wire::Kind::unsigned_integer) detail::throw_mismatch("an integer", reader);
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8) return reader.unsigned_integer();
    detail::throw_misfit(reader, sizeof(T), std::is_signed_v<T>);
  }
  static void write(wire::ValueWriter& writer, T v) {
    if constexpr (std::is_signed_v<T>) {
      writer.integer(v);
    } else {
      writer.unsigned_integer(v);
    }
  }
};

template <std::floating_point T>
struct ValueCodec<T> {
  static constexpr ParameterType type = ParameterType::number;
  static std::string describe() { return "number"; }
  static T read(wire::ValueReader& reader) {
    switch (reader.peek()) {
      case wire::Kind::floating: return static_cast<T>(reader.floating());
      case wire::Kind::integer: return static_cast<T>(reader.integer());
      case wire::Kind::unsigned_integer: return static_cast<T>(reader.unsigned_integer());
      default: detail::throw_mismatch("a number", reader);
    }
  }
  static void write(wire::ValueWriter& writer, T v) { writer.floating(static_cast<double>(v)); }
};

/// As an argument, a string_view is valid during the call.
template <class T>
requires std::same_as<T, std::string> || std::same_as<T, std::string_view>
struct ValueCodec<T> {
  static constexpr ParameterType type = ParameterType::string;
  static std::string describe() { return "string"; }
  static T read(wire::ValueReader& reader) {
    if (reader.peek() != wire::Kind::string) detail::throw_mismatch("a string", reader);
    return T(reader.string());
  }
  static void write(wire::ValueWriter& writer, std::string_view v) { writer.string(v); }
};

/// Null means an empty optional.
template <class T>
struct ValueCodec<std::optional<T>> {
  static constexpr ParameterType type = ValueCodec<T>::type;
  static std::string describe() { return ValueCodec<T>::describe() + " or null"; }
  static std::optional<T> read(wire::ValueReader& reader) {
    if (reader.peek() != wire::Kind::null) return ValueCodec<T>::read(reader);
    reader.null();
    return std::nullopt;
  }
  static void write(wire::ValueWriter& writer, const std::optional<T>& v) {
    if (v) return ValueCodec<T>::write(writer, *v);
    writer.null();
  }
};

template <class T>
struct ValueCodec<std::vector<T>> {
  static constexpr ParameterType type = ParameterType::array;
  static std::string describe() { return "array of " + ValueCodec<T>::describe(); }
  static std::vector<T> read(wire::ValueReader& reader) {
    const std::uint32_t size = detail::array_size(reader);
    std::vector<T> elements;
    elements.reserve(size);
    std::uint32_t i = 0;
    detail::at_place(
        [&] {
          for (; i < size; ++i) elements.push_back(ValueCodec<T>::read(reader));
        },
        [&] { return fmt::format("[{}]", i); });
    return elements;
  }
  static void write(wire::ValueWriter& writer, const std::vector<T>& v) {
    writer.array(static_cast<std::uint32_t>(v.size()));
    for (const auto& element : v) ValueCodec<T>::write(writer, element);
  }
};

template <class... T>
struct ValueCodec<std::tuple<T...>> : detail::TupleCodec<std::tuple<T...>, T...> {};

template <class A, class B>
struct ValueCodec<std::pair<A, B>> : detail::TupleCodec<std::pair<A, B>, A, B> {};

template <class T>
struct ValueCodec<std::map<std::string, T>> {
  static constexpr ParameterType type = ParameterType::object;
  static std::string describe() { return "object of " + ValueCodec<T>::describe(); }
  static std::map<std::string, T> read(wire::ValueReader& reader) {
    if (reader.peek() != wire::Kind::map) detail::throw_mismatch("an object", reader);
    std::map<std::string, T> members;
    for (std::uint32_t left = reader.map(); left > 0; --left) {
      const std::string_view key = reader.string();
      members.insert_or_assign(std::string(key), detail::at_place([&] { return ValueCodec<T>::read(reader); },
                                                                  [&] { return fmt::format("[\"{}\"]", key); }));
    }
    return members;
  }
  static void write(wire::ValueWriter& writer, const std::map<std::string, T>& v) {
    writer.map(static_cast<std::uint32_t>(v.size()));
    for (const auto& [key, element] : v) {
      writer.string(key);
      ValueCodec<T>::write(writer, element);
    }
  }
};

}  // namespace prun
