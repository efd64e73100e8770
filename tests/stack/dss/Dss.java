import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.File;
import java.time.Instant;
import java.util.Date;

/** Judges each seal of PDF files by the EU's library, offline: root.der, then pairs of file and moment ("-" is now). */
public class Dss {
  public static void main(String[] words) throws Exception {
    CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
    trusted.addCertificate(DSSUtils.loadCertificate(new File(words[0])));
    for (int i = 1; i + 1 < words.length; i += 2) {
      CommonCertificateVerifier verifier = new CommonCertificateVerifier();
      verifier.setTrustedCertSources(trusted);
      verifier.setAIASource(null);  // nothing is fetched; of revocation lists there is no source at all
      SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(new File(words[i])));
      validator.setCertificateVerifier(verifier);
      if (!words[i + 1].equals("-")) {
        validator.setValidationTime(Date.from(Instant.parse(words[i + 1])));
      }
      Reports reports = validator.validateDocument();
      SimpleReport report = reports.getSimpleReport();
      for (String id : report.getSignatureIdList()) {
        StringBuilder why = new StringBuilder();
        for (Message message : report.getAdESValidationErrors(id)) {
          why.append(message.getValue()).append(' ');
        }
        System.out.println(String.join("\t", new File(words[i]).getName(), String.valueOf(report.getIndication(id)),
            String.valueOf(report.getSubIndication(id)), String.valueOf(report.getSignatureFormat(id)), why));
      }
    }
  }
}
