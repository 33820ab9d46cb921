# Read by cpack once for each kind of package: which components it has.
if(CPACK_GENERATOR STREQUAL "DEB")
  set(CPACK_COMPONENTS_ALL command debian development python)
  set(CPACK_PACKAGE_DESCRIPTION_SUMMARY)  # the first line of each description is that
else()
  set(CPACK_COMPONENTS_ALL command others development python)
endif()
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
