#include "pypackage/codec.hpp"

#include "pypackage/python_functions.hpp"

#include <cstdint>
#include <limits>

namespace prun::pypackage {
namespace {

constexpr int deepest = 16;

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];  // NOLINT(modernize-avoid-c-arrays): a place to copy to
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

[[noreturn]] void complain() {
  api.PyErr_SetString(*api.PyExc_ValueError, "prun: bytes that are no object have come from another process");
  throw Raised{};
}

std::string_view take_bytes(std::string_view& in, std::size_t size) {
  if (in.size() < size) complain();
  const std::string_view bytes = in.substr(0, size);
  in.remove_prefix(size);
  return bytes;
}

template <class T>
T take(std::string_view& in) {
  T value{};
  std::memcpy(&value, take_bytes(in, sizeof value).data(), sizeof value);
  return value;
}

std::string_view take_sized(std::string_view& in) { return take_bytes(in, take<std::uint64_t>(in)); }

void put_sized(std::string& out, char kind, const char* data, Size size) {
  out.push_back(kind);
  put(out, static_cast<std::uint64_t>(size));
  out.append(data, static_cast<std::size_t>(size));
}

void put_int(std::string& out, std::int64_t value) {
  if (value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max()) {
    out.push_back('k');
    put(out, static_cast<std::int32_t>(value));
  } else {
    out.push_back('i');
    put(out, value);
  }
}

bool put_int(std::string& out, Object* object) {
  int overflow = 0;
  const long long value = py.PyLong_AsLongLongAndOverflow(object, &overflow);
  if (overflow == 0) put_int(out, std::int64_t{value});
  return overflow == 0;
}

bool put_text(std::string& out, Object* object) {
  Size size = 0;
  const char* const text = py.PyUnicode_AsUTF8AndSize(object, &size);
  if (text == nullptr) {  // it holds surrogates
    py.PyErr_Clear();
    return false;
  }
  put_sized(out, 's', text, size);
  return true;
}

bool put_plain(std::string& out, Object* object, int depth);

bool put_dict(std::string& out, Object* object, int depth) {
  put(out, static_cast<std::uint64_t>(py.PyDict_Size(object)));
  Size position = 0;
  Object* key = nullptr;
  Object* value = nullptr;
  while (py.PyDict_Next(object, &position, &key, &value) != 0) {
    if (!put_plain(out, key, depth) || !put_plain(out, value, depth)) return false;
  }
  return true;
}

bool put_container(std::string& out, Object* object, Object* type, int depth) {
  if (depth == deepest || !api.counts_references || (depth != 0 && !is_held_once(object))) return false;
  if (type == api.PyDict_Type) {
    out.push_back('d');
    return put_dict(out, object, depth + 1);
  }
  const bool is_tuple = type == api.PyTuple_Type;
  const Size size = is_tuple ? py.PyTuple_Size(object) : py.PyList_Size(object);
  out.push_back(is_tuple ? 't' : 'l');
  put(out, static_cast<std::uint64_t>(size));
  for (Size i = 0; i < size; ++i) {
    if (!put_plain(out, is_tuple ? py.PyTuple_GetItem(object, i) : py.PyList_GetItem(object, i), depth + 1))
      return false;
  }
  return true;
}

/// Returns false if the object must be pickled. Runs no Python code.
bool put_plain(std::string& out, Object* object, int depth) {
  Object* const type = type_of(object);
  if (type == api.PyLong_Type) return put_int(out, object);
  if (type == py.PyFloat_Type) {
    out.push_back('f');
    put(out, py.PyFloat_AsDouble(object));
    return true;
  }
  if (object == py.none || object == py.yes || object == py.no) {
    out.push_back(object == py.none ? 'N' : object == py.yes ? 'T' : 'F');
    return true;
  }
  if (type == api.PyUnicode_Type) return put_text(out, object);
  if (type == api.PyBytes_Type) {
    char* data = nullptr;
    Size size = 0;
    py.PyBytes_AsStringAndSize(object, &data, &size);
    put_sized(out, 'b', data, size);
    return true;
  }
  if (type == api.PyTuple_Type || type == api.PyList_Type || type == api.PyDict_Type) {
    return put_container(out, object, type, depth);
  }
  return false;
}

Ref sequence(std::string_view& in, bool is_tuple) {
  const auto count = take<std::uint64_t>(in);
  if (count > in.size()) complain();
  const auto size = static_cast<Size>(count);
  Ref made = checked(is_tuple ? py.PyTuple_New(size) : py.PyList_New(size));
  for (Size i = 0; i < size; ++i) {
    Object* const item = decode(in).release();
    is_tuple ? py.PyTuple_SetItem(made.get(), i, item) : py.PyList_SetItem(made.get(), i, item);
  }
  return made;
}

Ref dict(std::string_view& in) {
  Ref made = checked(py.PyDict_New());
  for (auto count = take<std::uint64_t>(in); count != 0; --count) {
    const Ref key = decode(in);
    const Ref value = decode(in);
    if (py.PyDict_SetItem(made.get(), key.get(), value.get()) != 0) throw Raised{};
  }
  return made;
}

Ref unpickled(std::string_view bytes, bool buffers_elsewhere) {
  const Ref text(checked(py.PyBytes_FromStringAndSize(bytes.data(), static_cast<Size>(bytes.size()))));
  return checked(
      py.PyObject_CallFunctionObjArgs(python_functions.load, text.get(), buffers_elsewhere ? py.yes : py.no, nullptr));
}

}  // namespace

void encode(std::string& out, Object* object, Buffers buffers) {
  const std::size_t before = out.size();
  if (put_plain(out, object, 0)) return;
  out.resize(before);
  const bool in_place = buffers == Buffers::in_place;
  const Ref dumped = checked(py.PyObject_CallFunctionObjArgs(python_functions.dump, object, in_place ? py.yes : py.no,
                                                             buffers == Buffers::for_master ? py.yes : py.no, nullptr));
  const bool buffers_elsewhere = type_of(dumped.get()) == api.PyTuple_Type;
  Object* const bytes = buffers_elsewhere ? py.PyTuple_GetItem(dumped.get(), 0) : dumped.get();
  char* data = nullptr;
  Size size = 0;
  if (py.PyBytes_AsStringAndSize(bytes, &data, &size) != 0) throw Raised{};
  put_sized(out, buffers_elsewhere ? 'Q' : 'P', data, size);
}

void encode_int(std::string& out, std::int64_t value) { put_int(out, value); }

Ref decode(std::string_view& in) {
  const char kind = take<char>(in);
  switch (kind) {
    case 'N': return new_ref(py.none);
    case 'T': return new_ref(py.yes);
    case 'F': return new_ref(py.no);
    case 'k': return checked(py.PyLong_FromLongLong(take<std::int32_t>(in)));
    case 'i': return checked(py.PyLong_FromLongLong(take<std::int64_t>(in)));
    case 'f': return checked(py.PyFloat_FromDouble(take<double>(in)));
    case 't':
    case 'l': return sequence(in, kind == 't');
    case 'd': return dict(in);
    case 's': {
      const std::string_view text = take_sized(in);
      return checked(py.PyUnicode_DecodeUTF8(text.data(), static_cast<Size>(text.size()), nullptr));
    }
    case 'b': {
      const std::string_view bytes = take_sized(in);
      return checked(py.PyBytes_FromStringAndSize(bytes.data(), static_cast<Size>(bytes.size())));
    }
    case 'P':
    case 'Q': return unpickled(take_sized(in), kind == 'Q');
    default: complain();
  }
}

Ref decode(std::string_view& in, const char* what) {
  try {
    return decode(in);
  } catch (const Raised&) {
    const Ref why = take_exception();
    const Ref name(py.PyUnicode_DecodeUTF8(what, static_cast<Size>(std::strlen(what)), nullptr));
    const Ref exception(py.PyObject_CallFunctionObjArgs(python_functions.unreadable, why.get(), name.get(), nullptr));
    if (exception) raise(exception.get());
    throw;
  }
}

bool is_pickle(std::string_view& in) {
  if (in.empty() || in.front() != 'P') return false;
  in.remove_prefix(1);
  in = take_sized(in);
  return true;
}

void skip(std::string_view& in) {
  switch (take<char>(in)) {
    case 'N':
    case 'T':
    case 'F': return;
    case 'k': take_bytes(in, sizeof(std::int32_t)); return;
    case 'i':
    case 'f': take_bytes(in, sizeof(std::int64_t)); return;
    case 't':
    case 'l':
      for (auto count = take<std::uint64_t>(in); count != 0; --count) skip(in);
      return;
    case 'd':
      for (auto count = take<std::uint64_t>(in); count != 0; --count) {
        skip(in);
        skip(in);
      }
      return;
    default: take_sized(in);
  }
}

}  // namespace prun::pypackage
