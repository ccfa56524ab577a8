package io.isobar.provider;

import java.util.List;

import org.springframework.data.repository.ListCrudRepository;

interface CityRecords extends ListCrudRepository<CityRecord, String> {

	List<CityRecord> findAllByOrderByName();

}
