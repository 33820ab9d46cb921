// The C++ types that a plugin's functions can have as arguments and results, and how each is read from and written to a
// value. To add a type, specialize Codec with the same four members as the specializations here.
#pragma once

#include <prun/detail/plugin_values.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)

namespace prun::plugin {

/// `type`: a prun_parameter_type; `describe()`: the type in words; `read(Reader&)`; `write(Writer&, const T&)`.
template <class T>
struct Codec;

template <class T>
concept Readable = requires(Reader& reader) {
  { Codec<T>::read(reader) } -> std::convertible_to<T>;
};

template <class T>
concept Writable = requires(Writer& writer, const T& v) {
  Codec<T>::write(writer, v);
};

/// Calls `read`, and puts `place` before the message of its exception.
template <class Read, class Place>
auto at_place(Read&& read, Place&& place) {
  try {
    return read();
  } catch (const ArgumentError& error) {
    throw ArgumentError(std::string(place()) + error.what());
  }
}

template <class T>
T read_element(Reader& reader, std::size_t index) {
  return at_place([&] { return Codec<T>::read(reader); }, [&] { return '[' + std::to_string(index) + ']'; });
}

inline void expect_size(std::size_t size, std::size_t expected) {
  if (size == expected) return;
  throw ArgumentError(" must be an array of " + std::to_string(expected) + ", got " + std::to_string(size) +
                      (size == 1 ? " element" : " elements"));
}

template <>
struct Codec<bool> {
  static constexpr std::uint32_t type = PRUN_BOOLEAN;
  static std::string describe() { return "boolean"; }
  static bool read(Reader& reader) { return reader.boolean(); }
  static void write(Writer& writer, bool v) { writer.boolean(v); }
};

template <std::integral T>
struct Codec<T> {
  static constexpr std::uint32_t type = PRUN_INTEGER;
  static std::string describe() { return "integer"; }

  static T read(Reader& reader) {
    if (reader.peek() == Kind::unsigned_integer) {
      const std::uint64_t v = reader.unsigned_integer();
      if (std::in_range<Plain>(v)) return static_cast<T>(v);
      misfit(std::to_string(v));
    }
    const std::int64_t v = reader.integer();
    if (std::in_range<Plain>(v)) return static_cast<T>(v);
    misfit(std::to_string(v));
  }

  static void write(Writer& writer, T v) {
    if constexpr (std::is_signed_v<T>) {
      writer.integer(v);
    } else {
      writer.unsigned_integer(v);
    }
  }

 private:
  using Plain = std::conditional_t<std::is_signed_v<T>, std::make_signed_t<T>, std::make_unsigned_t<T>>;  // no char

  [[noreturn]] static void misfit(const std::string& number) {
    throw ArgumentError(" = " + number + " does not fit " + (std::is_signed_v<T> ? "a signed" : "an unsigned") +
                        " integer of " + std::to_string(8 * sizeof(T)) + " bits");
  }
};

template <std::floating_point T>
struct Codec<T> {
  static constexpr std::uint32_t type = PRUN_NUMBER;
  static std::string describe() { return "number"; }

  static T read(Reader& reader) {
    switch (reader.peek()) {
      case Kind::integer: return static_cast<T>(reader.integer());
      case Kind::unsigned_integer: return static_cast<T>(reader.unsigned_integer());
      default: break;
    }
    const double v = reader.floating();
    const T narrow = static_cast<T>(v);
    if (std::isfinite(v) && !std::isfinite(narrow)) {
      throw ArgumentError(" = " + std::to_string(v) + " does not fit a number of " + std::to_string(8 * sizeof(T)) +
                          " bits");
    }
    return narrow;
  }

  static void write(Writer& writer, T v) { writer.floating(static_cast<double>(v)); }
};

/// As an argument, a string_view is valid during the call.
template <class T>
requires std::same_as<T, std::string> || std::same_as<T, std::string_view>
struct Codec<T> {
  static constexpr std::uint32_t type = PRUN_STRING;
  static std::string describe() { return "string"; }
  static T read(Reader& reader) { return T(reader.string()); }
  static void write(Writer& writer, std::string_view v) { writer.string(v); }
};

/// For results only. A null pointer becomes null.
template <>
struct Codec<const char*> {
  static std::string describe() { return "string"; }
  static void write(Writer& writer, const char* v) { v == nullptr ? writer.null() : writer.string(v); }
};

/// Null means an empty optional.
template <class T>
struct Codec<std::optional<T>> {
  static constexpr std::uint32_t type = Codec<T>::type;
  static std::string describe() { return Codec<T>::describe() + " or null"; }
  static std::optional<T> read(Reader& reader) requires Readable<T> {
    if (reader.peek() != Kind::null) return Codec<T>::read(reader);
    reader.null();
    return std::nullopt;
  }
  static void write(Writer& writer, const std::optional<T>& v) {
    if (v) return Codec<T>::write(writer, *v);
    writer.null();
  }
};

template <class T>
struct Codec<std::vector<T>> {
  static constexpr std::uint32_t type = PRUN_ARRAY;
  static std::string describe() { return "array of " + Codec<T>::describe(); }
  static std::vector<T> read(Reader& reader) requires Readable<T> {
    std::vector<T> elements;
    const std::size_t size = reader.array();
    elements.reserve(size);
    std::size_t i = 0;
    at_place(
        [&] {
          for (; i < size; ++i) elements.push_back(Codec<T>::read(reader));
        },
        [&] { return '[' + std::to_string(i) + ']'; });
    return elements;
  }
  static void write(Writer& writer, const std::vector<T>& v) {
    writer.array(v.size());
    for (const T& element : v) Codec<T>::write(writer, element);
  }
};

template <class T, std::size_t N>
struct Codec<std::array<T, N>> {
  static constexpr std::uint32_t type = PRUN_ARRAY;
  static std::string describe() { return "array of " + std::to_string(N) + ' ' + Codec<T>::describe(); }
  static std::array<T, N> read(Reader& reader) requires Readable<T> {
    std::array<T, N> elements{};
    expect_size(reader.array(), N);
    for (std::size_t i = 0; i < N; ++i) elements[i] = read_element<T>(reader, i);
    return elements;
  }
  static void write(Writer& writer, const std::array<T, N>& v) {
    writer.array(N);
    for (const T& element : v) Codec<T>::write(writer, element);
  }
};

/// Arrays of fixed length: tuples and pairs.
template <class Tuple, class... T>
struct TupleCodec {
  static constexpr std::uint32_t type = PRUN_ARRAY;

  static std::string describe() {
    std::string text;
    ((text += (text.empty() ? "" : ", ") + Codec<T>::describe()), ...);
    return '[' + text + ']';
  }

  static Tuple read(Reader& reader) requires(Readable<T>&&...) {
    expect_size(reader.array(), sizeof...(T));
    return read_all(reader, std::index_sequence_for<T...>{});
  }

  static void write(Writer& writer, const Tuple& v) {
    writer.array(sizeof...(T));
    std::apply([&](const T&... element) { (Codec<T>::write(writer, element), ...); }, v);
  }

 private:
  template <std::size_t... I>
  static Tuple read_all(Reader& reader, std::index_sequence<I...>) {
    return Tuple{read_element<T>(reader, I)...};  // braces evaluate from left to right
  }
};

template <class... T>
struct Codec<std::tuple<T...>> : TupleCodec<std::tuple<T...>, T...> {};

template <class A, class B>
struct Codec<std::pair<A, B>> : TupleCodec<std::pair<A, B>, A, B> {};

/// Objects. If a key occurs twice, the last value counts.
template <class Map, class T>
struct MapCodec {
  static constexpr std::uint32_t type = PRUN_OBJECT;
  static std::string describe() { return "object of " + Codec<T>::describe(); }
  static Map read(Reader& reader) requires Readable<T> {
    Map members;
    for (std::size_t left = reader.object(); left > 0; --left) {
      const std::string key(reader.string());
      members.insert_or_assign(key,
                               at_place([&] { return Codec<T>::read(reader); }, [&] { return "[\"" + key + "\"]"; }));
    }
    return members;
  }
  static void write(Writer& writer, const Map& v) {
    writer.object(v.size());
    for (const auto& [key, element] : v) {
      writer.string(key);
      Codec<T>::write(writer, element);
    }
  }
};

template <class T>
struct Codec<std::map<std::string, T>> : MapCodec<std::map<std::string, T>, T> {};

template <class T>
struct Codec<std::unordered_map<std::string, T>> : MapCodec<std::unordered_map<std::string, T>, T> {};

}  // namespace prun::plugin

#pragma GCC visibility pop
