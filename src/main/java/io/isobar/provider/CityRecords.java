package io.isobar.provider;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.ListCrudRepository;

interface CityRecords extends ListCrudRepository<CityRecord, String> {

	List<CityRecord> findAllByOrderByName();

	/** Keeps one that is there: others may be making the same city known. */
	@Modifying
	@NativeQuery("""
			insert into city (name, country, latitude, longitude, zone, listed)
			values (:name, :country, :latitude, :longitude, :zone, false) on conflict do nothing
			""")
	void add(String name, String country, @Nullable Double latitude, @Nullable Double longitude, String zone);

}
