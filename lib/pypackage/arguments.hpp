// Common helpers for the functions of the module: Python's arguments as C++ values, capsules, and exceptions of both languages.
#pragma once

#include "pypackage/api.hpp"
#include "pypackage/jobs.hpp"
#include "pypackage/pool.hpp"
#include "pypackage/recordings.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun::pypackage {

using Arguments = Object* const*;
using PoolPlace = std::shared_ptr<Pool>;

/// The content of a capsule of that name. @throws Raised for another object
template <class T>
T& opened(Object* capsule, const char* name) {
  void* const place = api.PyCapsule_GetPointer(capsule, name);
  if (place == nullptr) throw Raised{};
  return *static_cast<T*>(place);
}

template <class T, const char* const& Name>
Object* capsule_of(std::unique_ptr<T> value) {
  Object* const capsule = api.PyCapsule_New(value.get(), Name, [](Object* of) {
    delete static_cast<T*>(api.PyCapsule_GetPointer(of, Name));  // NOLINT(cppcoreguidelines-owning-memory)
  });
  if (capsule != nullptr) static_cast<void>(value.release());
  return capsule;
}

inline constexpr const char* pool_name = "prun.pool";
[[nodiscard]] inline Pool& pool_of(Object* capsule) { return *opened<PoolPlace>(capsule, pool_name); }

inline constexpr const char* recordings_name = "prun.recordings";
using RecordingsPlace = std::shared_ptr<Recordings>;
/// @param first_place place of call 0 of the job
[[nodiscard]] Recorded recorded_of(Object* capsule, Object* first_place);

/// Sets the Python exception for the current C++ exception.
void raise_current() noexcept;

/// @return null, with a Python exception set, if `body` throws
template <class Body>
Object* guarded(Body body) {
  try {
    return body();
  } catch (...) {
    raise_current();
    return nullptr;
  }
}

inline Object* none() { return new_ref(py.none).release(); }
inline Object* truth(bool value) { return new_ref(value ? py.yes : py.no).release(); }
inline bool is_true(Object* object) { return api.PyObject_IsTrue(object) == 1; }

// These throw Raised for an object of another type.
inline std::uint64_t number(Object* object) {
  const unsigned long long value = py.PyLong_AsUnsignedLongLong(object);
  if (py.PyErr_Occurred() != nullptr) throw Raised{};
  return value;
}

inline std::int64_t signed_number(Object* object) {
  int overflow = 0;
  const long long value = py.PyLong_AsLongLongAndOverflow(object, &overflow);
  if (py.PyErr_Occurred() != nullptr) throw Raised{};
  return value;
}

inline std::optional<double> seconds(Object* object) {
  if (object == py.none) return std::nullopt;
  const double value = py.PyFloat_AsDouble(object);
  if (py.PyErr_Occurred() != nullptr) throw Raised{};
  return value;
}

inline std::string_view bytes(Object* object) {
  char* data = nullptr;
  Size size = 0;
  if (py.PyBytes_AsStringAndSize(object, &data, &size) != 0) throw Raised{};
  return {data, static_cast<std::size_t>(size)};
}

inline std::string text(Object* object) {
  Size size = 0;
  const char* const data = py.PyUnicode_AsUTF8AndSize(object, &size);
  if (data == nullptr) throw Raised{};
  return {data, static_cast<std::size_t>(size)};
}

/// `watcher` is called when the job ends. Returns false if it has already ended.
[[nodiscard]] bool watch(Pool& pool, WatchedJob& job, Object* watcher);

}  // namespace prun::pypackage
