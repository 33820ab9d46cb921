// The archives for the `serialize` functions of user types. They use cereal (https://uscilab.github.io/cereal/) and store
// bytes in a string. Unlike cereal they also accept trivially copyable types and std::filesystem::path at any depth.
#pragma once

#include <prun/detail/stack_address.hpp>
#include <prun/detail/type_check.hpp>
#include <prun/error.hpp>

#include <cereal/archives/binary.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/bitset.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/forward_list.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/queue.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/stack.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/valarray.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace prun::detail {

class Writer;
class Reader;

/// cereal's own wrappers, such as NameValuePair. They are trivially copyable although they hold references.
template <class T>
consteval bool is_cereals_own() {
  const std::string_view name = __PRETTY_FUNCTION__;
  return name.find("T = cereal::") != std::string_view::npos;
}

template <class T>
inline constexpr bool is_archivable =
    cereal::traits::is_output_serializable<T, Writer>::value&& cereal::traits::is_input_serializable<T, Reader>::value;

template <class T>
constexpr Obstacle obstacle_of();

/// Fails to compile with one message of prun.
template <class T, Obstacle found>
constexpr void require_none() {
  static_assert(found != Obstacle::pointer,
                "prun: a pointer to data does not cross processes: pass the value that it points to, or keep it in a "
                "std::unique_ptr or std::shared_ptr, which travel with what they point to");
  static_assert(found != Obstacle::view,
                "prun: a view (std::string_view, std::span) does not cross processes: its elements are elsewhere. Use "
                "std::string or std::vector");
  static_assert(found != Obstacle::reference,
                "prun: a reference (std::reference_wrapper, std::ref) does not cross processes: pass the value");
  static_assert(found != Obstacle::no_serialization,
                "prun: this type cannot be turned into bytes: give it a member `template <class Archive> void "
                "serialize(Archive& archive) { archive(each, of, its, members); }`, or make it trivially copyable");
  static_assert(
      found != Obstacle::no_default,
      "prun: a type with a `serialize` function, and one that a container holds, needs a default constructor: "
      "values are read into a new object");
}

/// The archive that a user's `serialize` writes to.
class Writer : public cereal::OutputArchive<Writer, cereal::AllowEmptyClassElision> {
  using Base = cereal::OutputArchive<Writer, cereal::AllowEmptyClassElision>;

 public:
  /// @param stack_address see encode() in codec.hpp
  explicit Writer(std::string& out, bool* stack_address = nullptr)
      : Base(this), out_(&out), stack_address_(stack_address) {}

  template <class... Ts>
  Writer& operator()(Ts&&... values) {
    (write(std::forward<Ts>(values)), ...);
    return *this;
  }
  template <class T>
  Writer& operator&(T&& value) {
    return (*this)(std::forward<T>(value));
  }
  template <class T>
  Writer& operator<<(T&& value) {
    return (*this)(std::forward<T>(value));
  }

  void saveBinary(const void* data, std::streamsize size) {  // NOLINT(readability-identifier-naming): cereal's name
    out_->append(static_cast<const char*>(data), static_cast<std::size_t>(size));
  }

 private:
  template <class Given>
  void write(Given&& value) {
    using T = std::remove_cvref_t<Given>;
    // NOLINTNEXTLINE(bugprone-branch-clone): the first condition that holds decides
    if constexpr (is_cereals_own<T>()) {
      Base::operator()(std::forward<Given>(value));
    } else if constexpr (Plain<T>) {
      note_stack_address(value, stack_address_);
      saveBinary(std::addressof(value), sizeof value);
    } else if constexpr (std::same_as<T, std::filesystem::path>) {
      Base::operator()(value.native());
    } else if constexpr (obstacle_of<T>() == Obstacle::none && holds_no_addresses<T>) {
      bool* const stack_address = std::exchange(stack_address_, nullptr);
      Base::operator()(std::forward<Given>(value));
      stack_address_ = stack_address;
    } else if constexpr (obstacle_of<T>() == Obstacle::none) {
      Base::operator()(std::forward<Given>(value));
    } else {
      require_none<T, obstacle_of<T>()>();
    }
  }

  std::string* out_;
  bool* stack_address_;
};

/// The archive that a user's `serialize` reads from.
class Reader : public cereal::InputArchive<Reader, cereal::AllowEmptyClassElision> {
  using Base = cereal::InputArchive<Reader, cereal::AllowEmptyClassElision>;

 public:
  explicit Reader(std::string_view& bytes) : Base(this), bytes_(&bytes) {}

  template <class... Ts>
  Reader& operator()(Ts&&... values) {
    (read(std::forward<Ts>(values)), ...);
    return *this;
  }
  template <class T>
  Reader& operator&(T&& value) {
    return (*this)(std::forward<T>(value));
  }
  template <class T>
  Reader& operator>>(T&& value) {
    return (*this)(std::forward<T>(value));
  }

  void loadBinary(void* data, std::streamsize size) {  // NOLINT(readability-identifier-naming): cereal's name
    const auto wanted = static_cast<std::size_t>(size);
    if (bytes_->size() < wanted) throw SerializationError("fewer bytes than the type reads");
    if (wanted != 0) std::memcpy(data, bytes_->data(), wanted);
    bytes_->remove_prefix(wanted);
  }

 private:
  template <class Given>
  void read(Given&& value) {
    using T = std::remove_cvref_t<Given>;
    // NOLINTNEXTLINE(bugprone-branch-clone): the first condition that holds decides
    if constexpr (is_cereals_own<T>()) {
      Base::operator()(std::forward<Given>(value));
    } else if constexpr (Plain<T>) {
      loadBinary(std::addressof(value), sizeof value);
    } else if constexpr (std::same_as<T, std::filesystem::path>) {
      std::string text;
      Base::operator()(text);
      value = std::move(text);
    } else if constexpr (obstacle_of<T>() == Obstacle::none) {
      Base::operator()(std::forward<Given>(value));
    } else {
      require_none<T, obstacle_of<T>()>();
    }
  }

  std::string_view* bytes_;
};

}  // namespace prun::detail

// The traits that cereal requires of a binary archive.
namespace cereal {

template <class T>
requires std::is_arithmetic_v<T>
inline void save(prun::detail::Writer& archive, const T& value) {
  archive.saveBinary(std::addressof(value), sizeof value);
}
template <class T>
requires std::is_arithmetic_v<T>
inline void load(prun::detail::Reader& archive, T& value) { archive.loadBinary(std::addressof(value), sizeof value); }

template <class Archive, class T>
inline CEREAL_ARCHIVE_RESTRICT(prun::detail::Reader, prun::detail::Writer)
    serialize(Archive& archive, NameValuePair<T>& pair) {
  archive(pair.value);
}
template <class Archive, class T>
inline CEREAL_ARCHIVE_RESTRICT(prun::detail::Reader, prun::detail::Writer)
    serialize(Archive& archive, SizeTag<T>& tag) {
  archive(tag.size);
}
template <class T>
inline void save(prun::detail::Writer& archive, const BinaryData<T>& data) {
  archive.saveBinary(data.data, static_cast<std::streamsize>(data.size));
}
template <class T>
inline void load(prun::detail::Reader& archive, BinaryData<T>& data) {
  archive.loadBinary(data.data, static_cast<std::streamsize>(data.size));
}

}  // namespace cereal

CEREAL_REGISTER_ARCHIVE(prun::detail::Writer)
CEREAL_REGISTER_ARCHIVE(prun::detail::Reader)
CEREAL_SETUP_ARCHIVE_TRAITS(prun::detail::Reader, prun::detail::Writer)

namespace prun::detail {

/// What prevents a T inside another value: such a T is read into an object that exists already.
template <class T>
constexpr Obstacle inner_obstacle() {
  if (!std::is_default_constructible_v<T>) return Obstacle::no_default;
  return obstacle_of<T>();
}

template <class... Parts>
constexpr Obstacle first_obstacle(std::type_identity<std::tuple<Parts...>>) {
  Obstacle found = Obstacle::none;
  static_cast<void>(((found = inner_obstacle<Parts>(), found != Obstacle::none) || ...));
  return found;
}

template <class T>
constexpr Obstacle obstacle_of() {
  constexpr Obstacle address = shown_address<T>();
  if constexpr (address != Obstacle::none || Plain<T> || std::same_as<T, std::filesystem::path>) {
    return address;
  } else if constexpr (!is_archivable<T> || std::is_pointer_v<T>) {
    return Obstacle::no_serialization;
  } else {
    return first_obstacle(std::type_identity<typename PartsOf<T>::type>{});
  }
}

template <class T>
constexpr bool is_serialized() {
  if constexpr (!std::is_class_v<T> || Plain<T> || std::same_as<T, std::filesystem::path> ||
                !std::same_as<typename PartsOf<T>::type, std::tuple<>>) {
    return false;
  } else {
    return is_archivable<T>;
  }
}

}  // namespace prun::detail
