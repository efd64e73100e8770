from tests.workers.test_pipeline import *
from archive.inspection import InspectionRecord
import json, time
def test_try(pile, settings):
    settings.INSPECT_AT_FILING=True
    test_a_case_goes_from_the_pile_to_the_archive(pile)
    for r in InspectionRecord.objects.all():
        print("REC", r.batch, r.verdict, r.counts)
        for f in r.faults: print("F", f["编码"], f["对象"], f["结果"], f["备注"])
        pdf=read_derivative(r.pdf_sha256); open("/tmp/insp.pdf","wb").write(pdf)
    for j in Job.objects.filter(kind__in=["inspect-package","supplement"]): print(j.kind,j.state,j.error)
    from archive import FollowUp
    print([ (f.kind,f.title) for f in FollowUp.objects.all()])
    p=Package.objects.get()
    from workers import inspecting
    from django.utils import timezone
    rec=inspecting.request_inspection(p,"CQ",now=timezone.now())
    t=time.time(); c=time.process_time(); inspecting.inspect({"record":rec.pk}); print("TIME", time.time()-t, time.process_time()-c)
    from archive import check_manifest
    m=parse_manifest(zone("archive").read(object_key(p.manifest_sha256)))
    t=time.time(); check_manifest(m, zone("archive")); print("GATE", time.time()-t, len(m.elements))
